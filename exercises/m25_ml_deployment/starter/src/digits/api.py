"""An API that answers with the network."""

import torch
from fastapi import FastAPI

from digits.model import Classifier

app = FastAPI()
model = Classifier().eval()


@app.post("/predict")
def predict(pixels: list[float]) -> dict[str, int]:
    """The digit of 784 pixels."""
    with torch.no_grad():
        return {"digit": int(model(torch.tensor([pixels])).argmax())}
