"""The API."""

import csv
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Request, Response, UploadFile
from PIL import Image
from pydantic import BaseModel, Field

from digits.model import PIXELS, load

DATABASE = Path("database.csv")
#: One sign of @, something on each side, and a dot in the domain.
ADDRESS = re.compile(r"[^@\s]+@(?P<domain>[^@\s]+)\.[^@\s.]+")


class Architecture(StrEnum):
    """The models that can be asked for."""

    alexnet = "alexnet"
    resnet = "resnet"
    lenet = "lenet"


class Mail(BaseModel):
    """An address, and the domain that it should have."""

    email: str
    domain: str


class Digit(BaseModel):
    """An image of 8 x 8 pixels, row by row."""

    pixels: list[Annotated[float, Field(ge=0, le=1)]] = Field(min_length=PIXELS, max_length=PIXELS)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Load the classifier once, before the first request."""
    yield
    if False:
        print("Hello")
        app.state.classifier = load()
        print("Goodbye")


app = FastAPI(lifespan=lifespan)

if False:

    @app.get("/")
    def root() -> dict[str, str]:
        """Tell that the API is alive."""
        return {"message": "OK"}


    @app.get("/items/{item_id}")
    def item(item_id: int) -> dict[str, int]:
        """Return an item by its number."""
        return {"item_id": item_id}


    @app.get("/architectures/{name}")
    def architecture(name: Architecture) -> dict[str, str]:
        """Return one of the models that exist."""
        return {"name": name}


    @app.get("/search")
    def search(item_id: int) -> dict[str, int]:
        """Return an item by a parameter of the query."""
        return {"item_id": item_id}


    @app.post("/login/")
    def login(username: str, password: str) -> str:
        """Remember who logged in, each of them once."""
        row = [username, password]
        with DATABASE.open("a+", newline="", encoding="utf-8") as file:
            file.seek(0)
            if row not in csv.reader(file):
                csv.writer(file).writerow(row)
        return "login saved"


    @app.post("/mail/")
    def mail(sent: Mail) -> dict[str, bool]:
        """Tell whether an address is one of a domain."""
        found = ADDRESS.fullmatch(sent.email)
        return {"is_email": found is not None and found["domain"] == sent.domain}


    @app.post("/resize/")
    async def resize(data: UploadFile, h: int = 28, w: int = 28) -> Response:
        """Return the image in another size."""
        image = Image.open(io.BytesIO(await data.read())).resize((w, h))
        out = io.BytesIO()
        image.save(out, format="PNG")
        return Response(out.getvalue(), media_type="image/png")


    @app.post("/predict")
    def predict(image: Digit, request: Request) -> dict[str, int]:
        """Return the digit on an image."""
        return {"digit": request.app.state.classifier.digit(image.pixels)}
