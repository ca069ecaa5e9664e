"""An application that says whether somebody is tall."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/tall")
def tall(height: float) -> dict[str, bool]:
    """Whether a height in centimetres is above 180."""
    return {"tall": height > 180}
