"""The API."""

import joblib
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def root() -> dict[str, str]:
    """Say hello."""
    return {"message": "Hello"}


@app.post("/predict")
def predict(pixels: list[float]) -> dict[str, int]:
    """The digit of 784 pixels."""
    model = joblib.load("models/digits.joblib")
    return {"digit": int(model.predict([pixels])[0])}
