"""The traps of M22: how an API may reach its model, and what only looks like it."""

from collections.abc import Mapping

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m22_apis"
HEAD = "from fastapi import FastAPI, Depends, Request\n"
NETWORK = "from torch import nn\n\n\nclass Net(nn.Module):\n    def forward(self, x):\n        return self.layer(x)\n"


def judge(files: str | Mapping[str, str | bytes], check: str = "the_api_does_inference") -> CheckResult:
    files = {"app/api.py": files} if isinstance(files, str) else files
    return run_check(SUITE, check, files, profile="project")


@pytest.mark.parametrize(
    "code",
    [
        # A model at the top level, one of another library, one that a start-up event loads.
        f"{HEAD}import joblib\napp = FastAPI()\nclf = joblib.load('m.pkl')\n\n\n@app.post('/p')\ndef p(x: float):\n    return clf.predict([[x]])\n",
        f"{HEAD}from transformers import pipeline\napp = FastAPI()\npipe = pipeline('x')\n\n\n@app.get('/p')\ndef p(t: str):\n    return pipe(t)\n",
        f"{HEAD}app = FastAPI()\nmodel = None\n\n\n@app.on_event('startup')\ndef load():\n    global model\n    model = torch.load('m')\n\n\n@app.post('/p')\ndef p(x: int):\n    return model(x)\n",
        # A name in capitals is no class where it is a constant.
        f"{HEAD}app = FastAPI()\nMODEL: object = None\n\n\n@app.on_event('startup')\ndef load():\n    global MODEL\n    MODEL = torch.load('m')\n\n\n@app.post('/p')\ndef p(x: int):\n    return MODEL(x)\n",
        # State, a dictionary, a dependency, a session.
        f"{HEAD}app = FastAPI()\n\n\n@app.post('/p')\ndef p(r: Request):\n    return r.app.state.model(1)\n",
        f"{HEAD}app = FastAPI()\nmodels = {{}}\n\n\n@app.post('/p')\ndef p(x: int):\n    return models['a'].predict(x)\n",
        f"{HEAD}app = FastAPI()\n\n\ndef get():\n    return torch.load('m')\n\n\n@app.post('/p')\ndef p(x: int, model=Depends(get)):\n    return model(x)\n",
        f"{HEAD}import onnxruntime\napp = FastAPI()\ns = onnxruntime.InferenceSession('m')\nort_session = s\n\n\n@app.post('/p')\ndef p(x: int):\n    return ort_session.run(None, {{'x': x}})\n",
        # A language model elsewhere.
        f"{HEAD}from openai import OpenAI\nimport openai\napp = FastAPI()\n\n\n@app.post('/p')\ndef p(x: str):\n    return openai.chat.completions.create(x)\n",
        # Flask, a class of Flask, Litestar, LitServe, BentoML, a cloud function.
        "from flask import Flask\napp = Flask(__name__)\nmodel = load()\n\n\n@app.route('/p', methods=['POST'])\ndef p():\n    return str(model.predict([1]))\n",
        "from litestar import Litestar, post\n\n\n@post('/p')\nasync def p(data: dict) -> int:\n    return model.predict(data)\n\n\napp = Litestar([p])\n",
        "import litserve as ls\n\n\nclass API(ls.LitAPI):\n    def setup(self, device):\n        self.model = load()\n\n    def predict(self, x):\n        return self.model(x)\n\n\nls.LitServer(API()).run()\n",
        "import bentoml\n\n\n@bentoml.service\nclass S:\n    def __init__(self):\n        self.model = load()\n\n    @bentoml.api\n    def classify(self, x):\n        return self.model(x)\n",
        "import functions_framework\nimport pickle\nmodel = pickle.load(open('m', 'rb'))\n\n\n@functions_framework.http\ndef knn(request):\n    return str(model.predict([1]))\n",
    ],
)
def test_ways_to_a_model(code: str) -> None:
    assert judge(code).verdict == "passed"


@pytest.mark.parametrize(
    "code",
    [
        f"{HEAD}app = FastAPI()\n\n\n@app.get('/')\ndef root():\n    return {{'Hello': 'World'}}\n",
        f"{HEAD}import torch\napp = FastAPI()\n\n\n@app.post('/predict')\ndef predict(x: float):\n    return {{'digit': 7}}\n",
        f"{HEAD}app = FastAPI()\nmodel = load()\n\n\n@app.get('/health')\ndef health():\n    return {{'ok': model is not None}}\n",
        f"{HEAD}app = FastAPI()\n\n\n@app.post('/p')\ndef p(item: Item):\n    # return model.predict(item)\n    return item.model_dump()\n",
        f"{HEAD}app = FastAPI()\nmodel = load()\nmodel.predict(1)\n\n\n@app.get('/')\ndef root():\n    return 1\n",
        f"{HEAD}app = FastAPI()\n\n\nclass Model:\n    def predict(self, x):\n        return 7\n\n\n@app.post('/p')\ndef p(x: int):\n    return Model().predict(x)\n",
        f"{HEAD}app = FastAPI()\n\n\nclass GAN:\n    pass\n\n\n@app.post('/p')\ndef p(x: int):\n    return GAN(x)\n",
        f"{HEAD}from vendor import GAN\napp = FastAPI()\n\n\n@app.post('/p')\ndef p(x: int):\n    return GAN(x)\n",
        f"{HEAD}app = FastAPI()\n",
    ],
)
def test_what_is_no_inference(code: str) -> None:
    assert judge(code).verdict == "failed"


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        ("['python', str(SCRIPT)]", "partial"),
        ("[sys.executable, '-m', 'pkg.predict']", "partial"),
        ("'python3 predict.py ' + x", "partial"),
        ("['uv', 'run', 'predict.py']", "partial"),
        ("['dvc', 'pull']", "failed"),
        ("'git pull'", "failed"),
    ],
)
def test_a_program_that_a_route_starts_may_ask_the_model(argv: str, expected: str) -> None:
    """A real project's `/evaluate` runs a script that an environment variable names."""
    code = f"{HEAD}import subprocess, sys\napp = FastAPI()\n\n\n@app.get('/p')\ndef p(x: str):\n    return subprocess.run({argv}).stdout\n"
    assert judge(code).verdict == expected


def test_the_model_may_lie_in_other_files() -> None:
    files = {
        "src/pkg/__init__.py": "",
        "src/pkg/net.py": NETWORK,
        "src/pkg/infer.py": "from pkg.net import Net\n\n\ndef ask(x):\n    return Net().eval().forward(x)\n",
        "src/pkg/routes.py": "from fastapi import APIRouter\nfrom .infer import ask\nrouter = APIRouter()\n\n\n@router.post('/p')\ndef p(x: int):\n    return ask(x)\n",
        "src/pkg/main.py": f"{HEAD}from pkg.routes import router\napp = FastAPI()\napp.include_router(router, prefix='/v1')\n",
    }
    outcome = judge(files)
    assert outcome.verdict == "passed"
    assert {one.name: one.value for one in outcome.measurements} == {"n_routes": 1, "n_prediction_routes": 1}
    assert "src/pkg/infer.py" in {one.path for one in outcome.evidence}


@pytest.mark.parametrize(
    ("file", "module"),
    [
        ("src/pkg/infer.py", "pkg.infer"),
        ("src/pkg/infer.py", ".infer"),
        ("src/pkg/models/infer.py", "pkg.models.infer"),
    ],
)
def test_what_asks_the_model_may_come_with_all_names_of_a_module(file: str, module: str) -> None:
    files = {
        "src/pkg/__init__.py": "",
        "src/pkg/models/__init__.py": "",
        "src/pkg/other.py": "def ask(x):\n    return 1\n",
        file: "import joblib\nmodel = joblib.load('m')\n\n\ndef ask(x):\n    return model.predict(x)\n",
        "src/pkg/main.py": f"{HEAD}from pkg.other import *\nfrom {module} import *\napp = FastAPI()\n\n\n@app.post('/p')\ndef p(x: int):\n    return ask(x)\n",
    }
    assert judge(files).verdict == "passed"
    own = f"{files['src/pkg/main.py']}\n\ndef ask(x):\n    return 1\n"
    assert judge({**files, "src/pkg/main.py": own}).verdict == "failed"


def test_an_api_of_litserve_may_be_imported() -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/lit.py": "import litserve\n\n\nclass API(litserve.LitAPI):\n    def predict(self, x):\n        return self.model(x)\n",
        "pkg/serve.py": "import litserve\nfrom pkg.lit import API\n\nlitserve.LitServer(API()).run()\n",
    }
    assert judge(files).verdict == "passed"


def test_an_own_predictor_that_computes_with_a_library_counts() -> None:
    code = f"{HEAD}import sklearn\napp = FastAPI()\n\n\nclass P:\n    def predict(self, x):\n        return self.weights @ x\n\n\nservice = P()\n\n\n@app.post('/p')\ndef p(x: int):\n    return service.predict(x)\n"
    assert judge(code).verdict == "passed"


def test_an_empty_api_and_a_declared_framework() -> None:
    assert judge({"src/pkg/api.py": "", "requirements.txt": "fastapi\n"}).verdict == "failed"
    assert judge({"src/pkg/train.py": "x = 1\n"}).verdict == "blocked"


def test_a_handler_out_of_sight_is_not_judged() -> None:
    code = f"{HEAD}from elsewhere import handler\napp = FastAPI()\napp.add_api_route('/p', handler, methods=['POST'])\n"
    assert judge(code).verdict == "not_applicable"


def test_torchserve_is_an_api_too() -> None:
    code = "from ts.torch_handler.base_handler import BaseHandler\n\n\nclass H(BaseHandler):\n    pass\n"
    assert judge({"handler.py": code, "run.sh": "torchserve --start --models m.mar\n"}).verdict == "passed"


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("return torch.load('m')(x)", "failed"),
        ("return load()(x)", "failed"),
        ("return remembered()(x)", "passed"),
        (
            "global model\n    if model is None:\n        model = torch.load('m')\n    return model(x)",
            "passed",
        ),
    ],
)
def test_loading_for_each_request(body: str, verdict: str) -> None:
    code = (
        f"{HEAD}import torch\nfrom functools import lru_cache\napp = FastAPI()\n\n\ndef load():\n    return torch.load('m')\n\n\n"
        f"@lru_cache\ndef remembered():\n    return torch.load('m')\n\n\n@app.post('/p')\ndef p(x: int):\n    {body}\n"
    )
    assert judge(code, "the_model_is_loaded_once").verdict == verdict


@pytest.mark.parametrize(
    ("signature", "verdict"),
    [("x: Item", "passed"), ("x", "failed"), ("r: Request", "failed"), ("", "failed")],
)
def test_declared_input(signature: str, verdict: str) -> None:
    code = f"{HEAD}app = FastAPI()\n\n\n@app.post('/p')\ndef p({signature}):\n    return model(1)\n"
    assert judge(code, "routes_declare_their_input").verdict == verdict


def test_flask_declares_no_input() -> None:
    code = "from flask import Flask\napp = Flask(__name__)\n\n\n@app.post('/p')\ndef p():\n    return 1\n"
    assert judge(code, "routes_declare_their_input").verdict == "not_applicable"
