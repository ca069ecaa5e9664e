from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException
from prometheus_client import Counter, Histogram, Summary, make_asgi_app
from pydantic import BaseModel

import model

error_counter = Counter("prediction_error", "Number of prediction errors")
request_counter = Counter("prediction_requests", "Number of prediction requests")
request_latency = Histogram("prediction_latency_seconds", "Prediction latency in seconds")
review_summary = Summary("review_length_summary", "Review length summary")


class ReviewInput(BaseModel):
    text: str


class PredictionOutput(BaseModel):
    label: str


@asynccontextmanager
async def lifespan(app: FastAPI):
    global classifier
    classifier = model.load()
    yield
    del classifier


app = FastAPI(lifespan=lifespan)
app.mount("/metrics", make_asgi_app())


@app.post("/predict", response_model=PredictionOutput)
async def predict_sentiment(review_input: ReviewInput):
    request_counter.inc()
    with request_latency.time():
        review_summary.observe(len(review_input.text))
        try:
            return PredictionOutput(label=classifier.sentiment(review_input.text))
        except Exception as e:
            error_counter.inc()
            raise HTTPException(status_code=500, detail=str(e)) from e
