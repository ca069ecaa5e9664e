"""The API."""

import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("models/digits.joblib")


@app.post("/predict")
def predict(pixels: list[float]) -> dict[str, int]:
    """The digit of 784 pixels."""
    return {"digit": int(model.predict([pixels])[0])}
