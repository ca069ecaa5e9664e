"""The API: it tells what a review says of a film."""

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from reviews.sentiment import load

app = FastAPI()
classifier = load()


class Review(BaseModel):
    """What somebody wrote about a film."""

    review: str


@app.post("/classify")
def classify(sent: Review) -> dict[str, str]:
    """Return the sentiment of a review."""
    try:
        return {"sentiment": classifier.sentiment(sent.review)}
    except ValueError as problem:
        raise HTTPException(status_code=500, detail=str(problem)) from problem
