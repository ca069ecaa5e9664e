"""The API."""

import joblib
from fastapi import FastAPI
from prometheus_client import Counter, Histogram, make_asgi_app

REQUESTS = Counter("requests", "Predictions asked for.")
ERRORS = Counter("errors", "Predictions that failed.")
SECONDS = Histogram("prediction_seconds", "How long a prediction took.")

app = FastAPI()
app.mount("/metrics", make_asgi_app())
model = joblib.load("models/digits.joblib")


@app.post("/predict")
def predict(pixels: list[float]) -> dict[str, int]:
    """The digit of 784 pixels."""
    REQUESTS.inc()
    with SECONDS.time(), ERRORS.count_exceptions():
        return {"digit": int(model.predict([pixels])[0])}
