"""An API that answers with the exported network."""

from functools import cache

import numpy as np
import onnxruntime
from fastapi import FastAPI

app = FastAPI()


@cache
def session() -> onnxruntime.InferenceSession:
    """The exported network, read once."""
    return onnxruntime.InferenceSession("models/digits.onnx", providers=["CPUExecutionProvider"])


@app.post("/predict")
def predict(pixels: list[float]) -> dict[str, int]:
    """The digit of 784 pixels."""
    batch = np.array([pixels], dtype=np.float32)
    (logits,) = session().run(None, {"input": batch})
    return {"digit": int(logits.argmax())}
