from contextlib import asynccontextmanager

from fastapi import FastAPI
from pydantic import BaseModel

model = {}


class Numbers(BaseModel):
    values: list[float]


@asynccontextmanager
async def lifespan(app: FastAPI):
    model["factor"] = 3
    yield
    model.clear()


app = FastAPI(lifespan=lifespan)


@app.get("/")
def read_root():
    return {"message": "Welcome to the MNIST model inference API!"}


@app.get("/items/{item_id}")
def read_item(item_id: int):
    return {"item_id": item_id}


@app.post("/predict")
def predict(numbers: Numbers):
    return {"prediction": model["factor"] * sum(numbers.values)}
