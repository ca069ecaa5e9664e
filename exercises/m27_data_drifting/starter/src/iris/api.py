"""The API."""

import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("models/iris.joblib")


@app.post("/predict")
def predict(sepal_length: float, sepal_width: float) -> dict[str, int]:
    """The kind of a flower."""
    return {"kind": int(model.predict([[sepal_length, sepal_width]])[0])}


@app.get("/drift")
def drift() -> str:
    """How far the flowers of today differ from those of the training."""
    return "Nobody knows yet."
