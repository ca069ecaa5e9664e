from typing import Annotated
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from ..model import Classifier
router = APIRouter()
class Image(BaseModel):
    model_config = ConfigDict(extra="forbid")
    pixels: list[float] = Field(min_length=64, max_length=64, alias="imagePixels")
    label: str | None = None
def classifier(request: Request) -> Classifier: return request.app.state.classifier
@router.post("/predict")
async def predict(image: Image, model: Annotated[Classifier, Depends(classifier)]):
    return {"message": "OK", "status-code": 200, "prediction": model.digit(image.pixels)}
