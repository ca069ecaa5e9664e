"""The API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import torch
from fastapi import FastAPI, Request
from pydantic import BaseModel, Field

from digits.model import Classifier


class Image(BaseModel):
    """An image of 28 x 28 pixels, row by row."""

    pixels: list[float] = Field(min_length=784, max_length=784)


def load() -> Classifier:
    """The trained network."""
    model = Classifier()
    model.load_state_dict(torch.load("models/digits.pt", weights_only=True))
    return model.eval()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the network when the application starts."""
    app.state.model = load()
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/")
def root() -> dict[str, str]:
    """Say hello."""
    return {"message": "Hello"}


@app.post("/predict")
def predict(image: Image, request: Request) -> dict[str, int]:
    """The digit of an image."""
    model = request.app.state.model
    with torch.no_grad():
        return {"digit": int(model(torch.tensor([image.pixels])).argmax())}
