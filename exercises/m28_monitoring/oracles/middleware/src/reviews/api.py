from fastapi import APIRouter, Depends, FastAPI, Request, Response
from functools import lru_cache
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field
from . import metrics
from .sentiment import Classifier, load
class Review(BaseModel):
    text: str = Field(alias="reviewText", max_length=1_000_000)
get_classifier = lru_cache(load)
router = APIRouter(prefix="/v1")
@router.post("/classify")
async def classify(sent: Review, model: Classifier = Depends(get_classifier)):
    metrics.LENGTH.observe(len(sent.text))
    return {"result": {"sentiment": model.sentiment(sent.text), "length": len(sent.text)}}
def create_app():
    app = FastAPI(title="reviews")
    app.middleware("http")(metrics.measure)
    app.include_router(router)
    @app.get("/metrics", include_in_schema=False)
    def page():
        return Response(generate_latest(metrics.REGISTRY), media_type=CONTENT_TYPE_LATEST)
    return app
app = create_app()
