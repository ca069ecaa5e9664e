import re
from contextlib import asynccontextmanager
from enum import Enum
from http import HTTPStatus

from fastapi import FastAPI, File, UploadFile
from fastapi.responses import FileResponse
from PIL import Image
from pydantic import BaseModel


@asynccontextmanager
async def hello_and_goodbye(app):
    print("Hello")
    yield
    print("Goodbye")


app = FastAPI(lifespan=hello_and_goodbye)
known = {"username": [], "password": []}


class ItemEnum(Enum):
    alexnet = "alexnet"
    resnet = "resnet"
    lenet = "lenet"


class Mail(BaseModel):
    email: str
    domain_match: str


@app.get("/")
def health():
    return {"message": HTTPStatus.OK.phrase, "status-code": HTTPStatus.OK}


@app.get("/items/{item_id}")
def read_item(item_id: int):
    return {"item_id": item_id}


@app.get("/restric_items/{item_id}")
def read_restricted(item_id: ItemEnum):
    return {"item_id": item_id}


@app.get("/query_items")
def read_query(item_id: int):
    return {"item_id": item_id}


@app.post("/login/")
def login(username: str, password: str):
    with open("database.csv", "a") as database:
        if username not in known["username"] and password not in known["password"]:
            known["username"].append(username)
            known["password"].append(password)
            database.write(f"{username}, {password} \n")
    return "login saved"


@app.get("/text_model/")
def contains_email(data: str):
    matched = re.fullmatch(r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Z|a-z]{2,}\b", data)
    return {
        "input": data,
        "message": HTTPStatus.OK.phrase,
        "status-code": HTTPStatus.OK,
        "is_email": matched is not None,
    }


@app.post("/text_model/")
def contains_email_domain(data: Mail):
    matched = re.fullmatch(rf"[A-Za-z0-9._%+-]+@{re.escape(data.domain_match)}\.[A-Za-z]+", data.email)
    return {
        "input": data,
        "message": HTTPStatus.OK.phrase,
        "status-code": HTTPStatus.OK,
        "is_email": matched is not None,
    }


@app.post("/cv_model/")
async def cv_model(data: UploadFile = File(...), h: int | None = 28, w: int | None = 28):
    with open("image.jpg", "wb") as image:
        image.write(await data.read())
    Image.open("image.jpg").convert("RGB").resize((w, h)).save("image_resize.jpg", format="JPEG")
    return FileResponse("image_resize.jpg")
