from enum import IntEnum
from typing import Annotated
from fastapi import APIRouter, Path, Query
router = APIRouter()
class Size(IntEnum):
    small = 1
    big = 2
@router.get("/")
async def root(): return {"message": "OK", "status-code": 200}
@router.get("/items/{item_id}")
async def item(item_id: Annotated[int, Path(ge=0)]): return {"item": {"id": item_id}}
@router.get("/sizes/{size}")
async def size(size: Size): return {"size": size}
@router.get("/search")
async def search(number: Annotated[int, Query()], q: str | None = None): return {"number": number, "q": q}
