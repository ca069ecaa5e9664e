"""The API."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import joblib
from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import HTMLResponse

from iris.drift import drift_report

app = FastAPI()
model = joblib.load("models/iris.joblib")


def save(length: float, width: float, kind: int) -> None:
    """Keep a request and its answer."""
    with Path("predictions.csv").open("a", newline="") as file:
        csv.writer(file).writerow([datetime.now(UTC).isoformat(), length, width, kind])


@app.post("/predict")
def predict(sepal_length: float, sepal_width: float, tasks: BackgroundTasks) -> dict[str, int]:
    """The kind of a flower."""
    kind = int(model.predict([[sepal_length, sepal_width]])[0])
    tasks.add_task(save, sepal_length, sepal_width, kind)
    return {"kind": kind}


@app.get("/drift", response_class=HTMLResponse)
def drift() -> str:
    """How far the flowers of today differ from those of the training."""
    return drift_report()
