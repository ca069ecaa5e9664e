import csv, io
from pathlib import Path
from typing import Annotated
from fastapi import APIRouter, Depends, File, HTTPException, Query, Response
from fastapi.responses import StreamingResponse
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel, Field
from PIL import Image
router = APIRouter()
DATABASE = Path("data/users.csv")
@router.post("/login", status_code=201)
async def login(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    DATABASE.parent.mkdir(exist_ok=True)
    rows = list(csv.reader(DATABASE.open())) if DATABASE.exists() else []
    if [form.username, form.password] in rows:
        raise HTTPException(409, "known already")
    with DATABASE.open("a", newline="") as file:
        csv.writer(file).writerow([form.username, form.password])
    return {"saved": True}
class Mail(BaseModel):
    address: str = Field(alias="emailAddress")
    domain: str = Field(alias="domainName", min_length=1)
@router.post("/mail")
async def mail(sent: Mail):
    who, at, where = sent.address.partition("@")
    domain, dot, rest = where.partition(".")
    return {"ok": bool(who and at and dot and rest) and domain == sent.domain, "sent": sent.address}
@router.post("/resize")
async def resize(image: Annotated[bytes, File()], width: int = Query(28, alias="w"), height: int = Query(28, alias="h")):
    out = io.BytesIO()
    Image.open(io.BytesIO(image)).convert("L").resize((width, height)).save(out, format="PNG")
    out.seek(0)
    return StreamingResponse(out, media_type="image/png")
