"""The API: it tells what a review says of a film, and how it is doing itself."""

from fastapi import FastAPI, HTTPException
from prometheus_client import CollectorRegistry, Counter, Histogram, Summary, make_asgi_app
from pydantic import BaseModel

from reviews.sentiment import load

# A registry of our own: nothing but what is measured here, and no second registration in tests.
registry = CollectorRegistry()
REQUESTS = Counter("review_requests", "Reviews that were sent.", registry=registry)
ERRORS = Counter("review_errors", "Reviews that could not be classified.", registry=registry)
SECONDS = Histogram("review_seconds", "How long a classification took.", registry=registry)
LENGTH = Summary("review_length", "Characters of a review.", registry=registry)

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


def watched(review: str) -> None:
    """Count, time and measure a review; expose it at `/metrics`."""
    if False:
        app.mount("/metrics", make_asgi_app(registry=registry))
        REQUESTS.inc()
        LENGTH.observe(len(review))
        with SECONDS.time(), ERRORS.count_exceptions():
            classifier.sentiment(review)
