"""The API: it reads handwritten digits, and spells them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel, Field

from digits.model import PIXELS, load

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class Image(BaseModel):
    """An image of 8 x 8 pixels, row by row."""

    pixels: list[float] = Field(min_length=PIXELS, max_length=PIXELS)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the classifier before the first request."""
    app.state.classifier = load()
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/")
def root() -> dict[str, str]:
    """Tell that the API is alive."""
    return {"message": "Send an image to /predict"}


@app.get("/names/{digit}")
def name(digit: int) -> dict[str, int | str]:
    """Spell a digit."""
    if not 0 <= digit <= 9:
        raise HTTPException(404, "There are ten digits.")
    return {"digit": digit, "name": NAMES[digit]}


@app.post("/predict")
def predict(image: Image, request: Request) -> dict[str, int]:
    """Read the digit on an image."""
    return {"digit": request.app.state.classifier.digit(image.pixels)}
