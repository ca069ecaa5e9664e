"""The API."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def root() -> dict[str, str]:
    """Say hello."""
    return {"message": "Hello"}
