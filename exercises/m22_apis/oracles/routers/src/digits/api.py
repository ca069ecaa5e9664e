"""The application, made by a factory with settings."""
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from fastapi import FastAPI
from .model import load
from .routers import basics, files, predict

@dataclass
class Settings:
    weights: Path = Path("models/digits.json")

def create_app(settings: Settings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI):
        print("starting")
        v1.state.classifier = load(settings.weights)
        yield
        print("stopping")
    v1 = FastAPI(title="models")
    app = FastAPI(lifespan=lifespan, root_path="/digits", openapi_url="/api/openapi.json")
    app.include_router(basics.router)
    app.include_router(files.router, prefix="/files")
    v1.include_router(predict.router, tags=["model"])
    app.mount("/v1", v1)
    return app

app = create_app(Settings())
