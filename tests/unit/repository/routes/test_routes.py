"""Routes of web applications, framework by framework."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.cpu import ends_within
from tests.view_sample import view


def served(root: Path, files: dict[str, str]) -> set[str]:
    return {f"{route.method} {route.path} {route.framework}" for route in view(root, files).routes()}


FASTAPI = """
from fastapi import FastAPI

PREFIX = "/v1"
app = FastAPI(title="x")

@app.get("/")
def root():
    return {}

@app.post(f"{PREFIX}/predict", response_model=int)
async def predict(x: int):
    return model(x)

@app.api_route("/both", methods=["GET", "POST"])
def both(): ...

@app.websocket("/ws")
async def ws(socket): ...

# @app.get("/commented")
# def gone(): ...
"""


def test_a_route_has_a_handler_and_a_line(tmp_path: Path) -> None:
    submission = view(tmp_path, {"src/pkg/api.py": FASTAPI, "tests/test_api.py": FASTAPI})
    routes = {(route.method, route.path): route for route in submission.routes()}
    assert set(routes) == {
        ("GET", "/"),
        ("POST", "/v1/predict"),
        ("GET", "/both"),
        ("POST", "/both"),
        ("WEBSOCKET", "/ws"),
    }
    predict = routes["POST", "/v1/predict"]
    assert (predict.function, predict.file.path, predict.line) == ("predict", "src/pkg/api.py", 11)
    assert predict.handler is not None
    assert predict.file.calls("model", within=predict.handler)
    assert str(predict.evidence).startswith('src/pkg/api.py:11: @app.post(f"{PREFIX}/predict"')


def test_settings_that_name_each_other_end(tmp_path: Path) -> None:
    circle = "from fastapi import FastAPI\n\n\nclass S:\n    a = S.b\n    b = S.a\n\n\napp = FastAPI()\n\n\n@app.get(S.a)\ndef f(): ...\n"
    assert served(tmp_path, {"api.py": circle}) == {"GET  fastapi"}


def test_prefixes_of_routers_in_several_modules_add_up(tmp_path: Path) -> None:
    files = {
        "src/pkg/main.py": """
from fastapi import FastAPI
from pkg.routers import health_router
from .routers import predict as predictions
app = FastAPI()
app.include_router(predictions.router, prefix="/api")
app.include_router(health_router)
""",
        "src/pkg/routers/__init__.py": "from .health import router as health_router\n",
        "src/pkg/routers/health.py": """
from fastapi import APIRouter
router = APIRouter()
@router.get("/health")
def health(): ...
""",
        "src/pkg/routers/predict.py": """
from fastapi import APIRouter
router = APIRouter(prefix="/predict", tags=["x"])
@router.post("")
def one(): ...
@router.post("/batch")
def many(): ...
""",
    }
    assert served(tmp_path, files) == {
        "GET /health fastapi",
        "POST /api/predict fastapi",
        "POST /api/predict/batch fastapi",
    }


def test_routers_included_in_a_loop_and_twice(tmp_path: Path) -> None:
    text = """
from fastapi import FastAPI, APIRouter
a, b = APIRouter(), APIRouter()
first = APIRouter()
second = APIRouter(prefix="/s")
@first.get("/x")
def x(): ...
@second.get("/y")
def y(): ...
app = FastAPI()
for router in (first, second):
    app.include_router(router, prefix="/v1")
app.include_router(first, prefix="/v2")
"""
    assert served(tmp_path, {"api.py": text}) == {
        "GET /v1/x fastapi",
        "GET /v2/x fastapi",
        "GET /v1/s/y fastapi",
    }


def test_an_application_made_in_a_factory_a_class_or_given_as_an_argument(tmp_path: Path) -> None:
    text = """
from fastapi import FastAPI
def create_app() -> FastAPI:
    app = FastAPI()
    @app.get("/inner")
    def inner(): ...
    return app
def register(server: FastAPI):
    @server.get("/given")
    def given(): ...
class Service:
    def __init__(self):
        self.app = FastAPI()
        self.app.add_api_route("/method", self.run, methods=["POST"])
    def run(self): ...
"""
    assert served(tmp_path, {"api.py": text}) == {
        "GET /inner fastapi",
        "GET /given fastapi",
        "POST /method fastapi",
    }


def test_routes_on_an_application_from_another_module(tmp_path: Path) -> None:
    files = {
        "app/server.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "app/endpoints.py": "from app.server import app\n@app.get('/elsewhere')\ndef elsewhere(): ...\n",
    }
    assert served(tmp_path, files) == {"GET /elsewhere fastapi"}


@pytest.mark.parametrize(
    "lines",
    [
        "from prometheus_client import make_asgi_app\napp.mount('/metrics', make_asgi_app())",
        "from prometheus_client import make_asgi_app\nm = make_asgi_app()\napp.mount(path='/metrics', app=m)",
        "from prometheus_client import make_asgi_app as made\napp.mount('/metrics', made(registry=r))",
        "from prometheus_fastapi_instrumentator import Instrumentator\nInstrumentator().instrument(app).expose(app)",
        "from prometheus_fastapi_instrumentator import Instrumentator\ni = Instrumentator()\n"
        "i.instrument(app)\ni.expose(app, include_in_schema=False)",
    ],
)
def test_metrics_are_a_route(tmp_path: Path, lines: str) -> None:
    text = f"from fastapi import FastAPI\napp = FastAPI()\n{lines}\n"
    assert served(tmp_path, {"api.py": text}) == {"GET /metrics prometheus"}


def test_static_files_and_instruments_that_are_not_exposed_are_no_routes(tmp_path: Path) -> None:
    text = """
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from prometheus_fastapi_instrumentator import Instrumentator
app = FastAPI()
app.mount("/static", StaticFiles(directory="static"))
Instrumentator().instrument(app)
"""
    assert served(tmp_path, {"api.py": text}) == set()


def test_a_mounted_application_is_served_below_its_path(tmp_path: Path) -> None:
    text = """
from fastapi import FastAPI
app, inner = FastAPI(), 1
sub = FastAPI()
@sub.get("/x")
def x(): ...
top = FastAPI()
top.mount("/sub", sub)
"""
    assert served(tmp_path, {"api.py": text}) == {"GET /sub/x fastapi"}


FRAMEWORKS = {
    "flask": (
        """
from flask import Flask, Blueprint
app = Flask(__name__)
bp = Blueprint("b", __name__, url_prefix="/old")
@app.route("/", methods=["GET", "POST"])
def index(): ...
@bp.route("/x")
def x(): ...
app.register_blueprint(bp, url_prefix="/new")
app.add_url_rule("/rule", view_func=index, methods=["PUT"])
""",
        {"GET /", "POST /", "GET /new/x", "PUT /rule"},
    ),
    "starlette": (
        """
from starlette.applications import Starlette
from starlette.routing import Route
async def home(request): ...
app = Starlette(routes=[Route("/home", home), Route("/post", endpoint=home, methods=["POST"])])
""",
        {"GET /home", "POST /post"},
    ),
    "litestar": (
        """
from litestar import Litestar, get, post, Controller
@get("/")
async def index() -> str: ...
@post(path="/predict")
async def predict() -> str: ...
class Items(Controller):
    path = "/items"
    @get()
    async def all(self) -> list: ...
app = Litestar([index, predict, Items])
""",
        {"GET /", "POST /predict", "GET /items"},
    ),
    "sanic": (
        """
from sanic import Sanic
app = Sanic("x")
@app.post("/predict")
async def predict(request): ...
""",
        {"POST /predict"},
    ),
    "aiohttp": (
        """
from aiohttp import web
routes = web.RouteTableDef()
@routes.get("/a")
async def a(request): ...
async def b(request): ...
app = web.Application()
app.add_routes(routes)
app.add_routes([web.post("/b", b)])
app.router.add_get("/c", b)
app.router.add_route("PUT", "/d", b)
""",
        {"GET /a", "POST /b", "GET /c", "PUT /d"},
    ),
    "bentoml": (
        """
import bentoml
@bentoml.service(resources={"cpu": "2"})
class Model:
    @bentoml.api
    def predict(self, x): ...
    @bentoml.api(route="/many")
    def batch(self, x): ...
    def helper(self): ...
""",
        {"POST /predict", "POST /many"},
    ),
    "litserve": (
        """
import litserve as ls
class API(ls.LitAPI):
    def predict(self, x): ...
if __name__ == "__main__":
    server = ls.LitServer(API(), accelerator="cpu")
    server.run(port=8000)
""",
        {"POST /predict"},
    ),
    "functions_framework": (
        """
import functions_framework
@functions_framework.http
def knn(request): ...
""",
        {"ANY /"},
    ),
    "django": (
        """
from django.urls import path
from . import views
urlpatterns = [path("predict/", views.predict), path("admin/", admin.site.urls)]
""",
        {"ANY /predict/", "ANY /admin/"},
    ),
}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_other_frameworks(tmp_path: Path, framework: str) -> None:
    text, expected = FRAMEWORKS[framework]
    assert served(tmp_path, {"serve.py": text}) == {f"{line} {framework}" for line in expected}


def test_the_old_bentoml_service(tmp_path: Path) -> None:
    text = """
import bentoml
svc = bentoml.Service("x", runners=[])
@svc.api(input=1, output=2)
def classify(x): ...
"""
    assert served(tmp_path, {"service.py": text}) == {"POST /classify bentoml"}


def test_classes_of_handlers(tmp_path: Path) -> None:
    text = """
from flask import Flask
from flask_restful import Api, Resource
app = Flask(__name__)
api = Api(app)
class Predict(Resource):
    def post(self): ...
    def get(self): ...
api.add_resource(Predict, "/predict")
"""
    assert served(tmp_path, {"api.py": text}) == {"GET /predict flask", "POST /predict flask"}


def test_a_handler_of_another_file_is_found_at_home(tmp_path: Path) -> None:
    files = {
        "pkg/api.py": "from fastapi import FastAPI\nfrom pkg.handlers import run\napp = FastAPI()\n"
        "app.add_api_route('/run', run, methods=['POST'])\n",
        "pkg/handlers.py": "def run(x):\n    return x\n",
    }
    (route,) = view(tmp_path, files).routes()
    assert route.home is not None
    assert (route.function, route.file.path, route.home.path) == ("run", "pkg/api.py", "pkg/handlers.py")
    assert isinstance(route.handler, ast.FunctionDef)


def test_a_path_that_cannot_be_told_is_empty(tmp_path: Path) -> None:
    text = "from fastapi import FastAPI\napp = FastAPI()\n@app.get(settings.path)\ndef x(): ...\n"
    assert served(tmp_path, {"api.py": text}) == {"GET  fastapi"}


def test_what_only_looks_like_a_route(tmp_path: Path) -> None:
    files = {
        "client.py": "import requests\nrequests.get('/x')\nsession.post('http://h/predict')\n",
        "front.py": "import streamlit as st\nimport gradio as gr\n@st.cache_data\ndef f(): ...\ngr.Interface(f)\n",
        "cache.py": "@cache.get('/x')\ndef f(): ...\n",
        "broken.py": "from fastapi import FastAPI\napp = FastAPI(\n@app.get('/x')\n",
        "config.py": "import os\nvalue = os.environ.get('/x')\n",
    }
    assert served(tmp_path, files) == set()


def test_routers_that_include_each_other_end(tmp_path: Path) -> None:
    lines = ["from fastapi import APIRouter"]
    lines += [f"r{i} = APIRouter(prefix='/p{i}')" for i in range(60)]
    lines += [f"r{i}.include_router(r{j}, prefix='/q')" for i in range(60) for j in range(60)]
    lines += [f"@r{i}.get('/x')\ndef f{i}(): ..." for i in range(60)]
    submission = view(tmp_path, {"api.py": "\n".join(lines)})

    def are_found() -> None:
        assert len(submission.routes()) >= 60

    ends_within(20, are_found)
