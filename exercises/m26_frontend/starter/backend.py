"""The API."""

from fastapi import FastAPI, UploadFile
from transformers import pipeline

app = FastAPI()
classifier = pipeline("image-classification", model="example/vit-base-mnist")


@app.post("/predict")
async def predict(file: UploadFile) -> dict[str, str]:
    """The digit of an image."""
    return {"digit": classifier(await file.read())[0]["label"]}
