"""Routes that reports name, where functions, classes, loops and other files make them (kind R of the public cases)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claim_sample import judged, read_repository

#: P41, fastapi/fastapi-vscode#118.
FACTORY = """
from fastapi import APIRouter, FastAPI

router = APIRouter()


@router.post("/predict")
def predict():
    return 1


def health():
    return {}


def create_app():
    app = FastAPI()
    app.include_router(router, prefix="/v1")
    app.add_api_route("/health", health)
    return app


app = create_app()
"""
#: bingooyong/repo-wiki-agent#45, after nsidnev/fastapi-realworld-example-app: a prefix of the settings.
REALWORLD = {
    "src/p/main.py": "from fastapi import FastAPI\nfrom p.core import get_settings\nfrom p.routes import router as api_router\n\n\ndef get_application() -> FastAPI:\n    application = FastAPI()\n    application.include_router(api_router, prefix=get_settings().api_prefix)\n    return application\n\n\napp = get_application()\n",
    "src/p/routes.py": "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n@router.get('/users')\ndef users():\n    return []\n",
}
SETTINGS = {
    **REALWORLD,
    "src/p/main.py": "from fastapi import FastAPI\nfrom p.core import settings\nfrom p.routes import router\n\napp = FastAPI()\napp.include_router(router, prefix=settings.api_prefix)\n",
    "src/p/core.py": "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    api_prefix: str = '/api'\n\n\nsettings = Settings()\n",
}
#: fastapi/fastapi-vscode#148: a router by way of a loop; #128: `collect_routers()`; #217: a class of routers.
ITEMS = "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n@router.get('/list')\ndef items():\n    return []\n"
LOOPED = {
    "src/p/items.py": ITEMS,
    "src/p/main.py": "from fastapi import FastAPI\nfrom p import items\n\napp = FastAPI()\n\nfor router, prefix in [(items.router, '/items')]:\n    app.include_router(router, prefix=prefix)\n\n\n@app.get('/')\ndef root():\n    return {}\n",
}
COLLECTED = {
    "src/p/items.py": ITEMS,
    "src/p/main.py": "from fastapi import FastAPI\nfrom p.collect import collect_routers\n\napp = FastAPI()\n\nfor router in collect_routers():\n    app.include_router(router, prefix='/api/v1')\n",
}
CLASSES = {
    "src/p/auth.py": "from fastapi import APIRouter\n\n\nclass ProtectedRouter(APIRouter):\n    pass\n",
    "src/p/service.py": "from p.auth import ProtectedRouter\n\nrouter = ProtectedRouter(prefix='/secret')\n\n\n@router.get('/list')\ndef items():\n    return []\n",
    "src/p/main.py": "from fastapi import FastAPI\nfrom p import service\n\napp = FastAPI()\napp.include_router(service.router)\n",
}
CALLED = """
from fastapi import FastAPI

app = FastAPI()


def predict():
    return 1


app.post("/predict")(predict)
"""
PATHS = """
from fastapi import FastAPI

app = FastAPI()

for name in ("cat", "dog"):
    app.add_api_route(f"/{name}/predict", lambda: 1)


@app.get("/")
def root():
    return {}
"""
MADE_ROUTER = """
from fastapi import APIRouter, FastAPI


def make(name):
    router = APIRouter(prefix=f"/{name}")

    @router.get("")
    def show():
        return name

    return router


app = FastAPI()
app.include_router(make("cat"))


@app.get("/")
def root():
    return {}
"""
SERVICE = """
from fastapi import APIRouter, FastAPI


class Service:
    def __init__(self):
        self.router = APIRouter()
        self.router.add_api_route("/predict", self.predict, methods=["POST"])

    def predict(self):
        return 1


app = FastAPI()
app.include_router(Service().router, prefix="/v2")


@app.get("/")
def root():
    return {}
"""
MOUNTED = """
from fastapi import FastAPI

app = FastAPI()
api = FastAPI()
app.mount("/api", api)


@api.post("/predict")
def predict():
    return 1
"""
#: gradio's and langserve's documentation: a library adds routes to the application that it is given.
GIVEN = """
import gradio as gr
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def root():
    return {}


app = gr.mount_gradio_app(app, demo, path="/ui2")
"""
FILES = """
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

app = FastAPI(docs_url="/documentation")
app.mount("/files", StaticFiles(directory="x"))


@app.get("/")
def root():
    return {}
"""
FLASK = {
    "src/p/__init__.py": "from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n    from .views import bp\n\n    app.register_blueprint(bp, url_prefix='/v1')\n    return app\n",
    "src/p/views.py": "from flask import Blueprint\n\nbp = Blueprint('x', __name__)\n\n\n@bp.route('/predict')\ndef predict():\n    return 1\n",
}
FLASK_GIVEN = {
    "src/p/__init__.py": "from flask import Flask\nfrom p.views import register\n\napp = Flask(__name__)\nregister(app)\n\n\n@app.route('/')\ndef root():\n    return ''\n",
    "src/p/views.py": "def register(server):\n    @server.route('/predict')\n    def predict():\n        return 1\n",
}
FLASK_RULES = """
from flask import Flask

app = Flask(__name__)
RULES = {"/predict": print}
for rule, view in RULES.items():
    app.add_url_rule(rule, view_func=view)


@app.route("/")
def root():
    return ""
"""
STARLETTE = """
from starlette.applications import Starlette
from starlette.routing import Mount, Route

app = Starlette(routes=[Mount("/api", routes=[Route("/predict", print)])])
"""
APPENDED = """
from fastapi import FastAPI
from fastapi.routing import APIRoute
from other import more

app = FastAPI()
app.router.routes.extend(more)


@app.get("/")
def root():
    return {}
"""
PLAIN = """
import uvicorn
from fastapi import FastAPI
from prometheus_fastapi_instrumentator import Instrumentator

app = FastAPI()


@app.post("/predict")
def predict():
    return 1


if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0")
"""
BROKEN = {"src/p/api.py": PLAIN, "src/p/more.py": "from fastapi import APIRouter\ndef x(:\n"}


def _one(code: str) -> dict[str, str]:
    return {"src/p/api.py": code}


@pytest.mark.parametrize(
    ("files", "routes"),
    [
        pytest.param(_one(FACTORY), {"/v1/predict": "supported", "/health": "supported"}, id="P41"),
        (_one(FACTORY), {"/status": "contradicted"}),
        (REALWORLD, {"/api/users": "undetermined", "/api/tags": "undetermined"}),
        (SETTINGS, {"/api/users": "supported", "/api/tags": "contradicted"}),
        (LOOPED, {"/items/list": "undetermined", "/health": "undetermined"}),
        (COLLECTED, {"/api/v1/list": "undetermined", "/api/v1/more": "undetermined"}),
        (CLASSES, {"/secret/list": "supported", "/health": "contradicted"}),
        (_one(CALLED), {"/predict": "supported", "/health": "contradicted"}),
        (_one(PATHS), {"/": "supported", "/cat/predict": "undetermined"}),
        (_one(MADE_ROUTER), {"/": "supported", "/cat": "undetermined"}),
        (_one(SERVICE), {"/v2/predict": "undetermined", "/v2/health": "undetermined"}),
        (_one(MOUNTED), {"/api/predict": "supported", "/api/health": "contradicted"}),
        (_one(GIVEN), {"/": "supported", "/ui2": "undetermined"}),
        (_one(FILES), {"/documentation": "undetermined", "/files/x": "undetermined"}),
        (FLASK, {"/v1/predict": "supported", "/health": "contradicted"}),
        (FLASK_GIVEN, {"/": "supported", "/predict": "undetermined"}),
        (_one(FLASK_RULES), {"/": "supported", "/predict": "undetermined"}),
        (_one(STARLETTE), {"/api/predict": "undetermined", "/api/health": "undetermined"}),
        (_one(APPENDED), {"/": "supported", "/predict": "undetermined"}),
        (_one(PLAIN), {"/predict": "supported", "/health": "contradicted"}),
        (BROKEN, {"/predict": "supported", "/health": "undetermined"}),
    ],
)
def test_routes_of_an_open_world_are_never_missing(
    files: dict[str, str], routes: dict[str, str], tmp_path: Path
) -> None:
    known = read_repository(tmp_path, files)
    text = " ".join(f"Our API has the route `{path}`." for path in routes)
    told = judged(known, 23, text, "other")
    assert told == {f"route {path}": verdict for path, verdict in routes.items()}
