"""M22: a web application whose routes reach a model."""

# Tables of names read best as words.
# ruff: noqa: SIM905

import ast
import re

from grader.suite import check, measure, not_applicable, partial, work, work_folders

from ..common.applications import folders_of_applications
from ..common.messages import show
from ._common import WEIGHTS

_FRAMEWORKS = tuple(
    (
        "fastapi flask litestar starlite starlette bentoml litserve quart sanic aiohttp.web django tornado "
        "falcon bottle robyn functions_framework kserve ray.serve connexion"
    ).split()
)
_DECLARED = tuple("fastapi flask litestar bentoml litserve quart sanic django functions-framework".split())
#: Where a model comes from: names of calls, or their ends.
_LOADS = tuple(
    (
        "torch.load torch.jit.load load_from_checkpoint from_pretrained load_state_dict load_learner "
        "joblib.load pickle.load pickle.loads cloudpickle.load dill.load skops.io.load numpy.load load_model "
        "InferenceSession transformers.pipeline SentenceTransformer YOLO spacy.load timm.create_model Booster "
        "hydra.utils.instantiate mlflow.pyfunc.load_model saved_model.load load_weights get_model Interpreter "
        "safetensors.torch.load_file bentoml.models.get"
    ).split()
)
_REMOTE = (
    *("openai", "anthropic", "groq", "ollama", "litellm", "google.generativeai", "google.genai", "vertexai"),
    *("google.cloud.aiplatform", "huggingface_hub.InferenceClient", "tritonclient", "langchain", "replicate"),
    *("llama_cpp", "vllm", "mistralai", "cohere"),
)
_LEARNING = tuple(
    (
        "torch sklearn tensorflow keras transformers xgboost lightgbm catboost onnxruntime jax statsmodels "
        "prophet surprise implicit lightning pytorch_lightning tflite_runtime"
    ).split()
)
_SERVERS = ("torchserve", "mlflow models serve", "seldon-core-microservice", "tritonserver")
_INFERS = re.compile(
    r"_{0,2}(?:predict|infer|classif|forward|generate|transcribe|detect|recommend|forecast|segment|recogni[sz]e"
    r"|decision_function|score_samples|kneighbors|embed|run_model|run_onnx|caption|summari[sz]e|complet)"
)
_CALLABLES = re.compile(
    r"(?!get|load|create|build|make|init|download|find|save|set)(?:\w{0,60}_)?(?:\w{0,30}model|net|pipe|pipeline|classifier|predictor"
    r"|session|clf|generator|detector|learner|encoder|llm|summari[sz]er|translator|sentiment|embedder|recommender|estimator"
    r"|regressor|booster|vae|unet|gan|tagger|nlp|captioner|segmenter|recogni[sz]er|transcriber|chain|agent|infer|inference)\d{0,3}"
)
_SESSIONS = re.compile(
    r"(?:^|[._(\[])(?:\w{0,30}sess\w{0,20}|ort|ort_\w{0,30}|onnx\w{0,30}|\w{0,30}_onnx|runner)\b",
    re.IGNORECASE,
)
_NOT_INFERENCE = tuple(
    "inference_mode generate_latest generate_report generate_drift_report detect_drift".split()
)
#: What starts another program, by the beginning of its dotted name.
_STARTERS = ("subprocess.", "os.system", "os.popen", "asyncio.create_subprocess_", "asyncio.subprocess.")
_BASES = ("Module", "LightningModule", "PreTrainedModel", "Model", "BaseEstimator", "BaseModule")


@work("routes of a web application, or one of its frameworks: FastAPI, Flask, Litestar, BentoML, LitServe, …")
def find_work(submission):
    if submission.profile == "exercises":
        return _folders(submission)
    return bool(
        submission.routes()
        or submission.imports(*_FRAMEWORKS)
        or submission.running(*_SERVERS)
        or not submission.dependencies.isdisjoint(_DECLARED)
    )


def _folders(submission):
    """The folders of the exercise: those with the classifier's weights, else applications that no other exercise is about."""
    found = folders_of_applications(submission)
    with_weights = work_folders(submission, submission.files(f"**/{WEIGHTS}"))
    others = submission.imports("prometheus_client", "locust") or submission.imports(
        "fastapi.testclient", tests=True
    )
    return [folder for folder in found if folder in with_weights] or ([] if others else found)


def _routes(submission):
    return [route for route in submission.routes() if route.framework != "prometheus"]


def _in_repository(submission, file, node):
    """The function or class of the repository that a name means."""
    place = submission.modules.home(node, file)
    if place is None:
        return None
    name = place[1].partition(".")[0]
    return place[0].functions.get(name) or place[0].classes.get(name)


def _identifier(node):
    """The last name of what is called: `model` of `models.model(x)`, `models["a"](x)` and `state.models[0](x)`."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_model_class(found):
    return hasattr(found, "bases") and any(base.rpartition(".")[2] in _BASES for base in found.bases)


def _asks_a_model(submission, piece, call, methods):
    """Whether a call is one of a model: a method, the model itself, a function from elsewhere, or a service."""
    func, file = call.node.func, piece.file
    if any(call.name == name or call.name.startswith(f"{name}.") for name in _REMOTE):
        return True
    name = _identifier(func)
    is_class = name[:1].isupper() and not name.isupper()
    if not name or is_class or name in methods or _in_repository(submission, file, func) is not None:
        # The repository's own functions and methods are judged by what they do, in turn.
        return False
    if isinstance(func, ast.Name) and func.id in file.aliases:
        return _infers(name) and submission.modules.locate(file.dotted(func), file) is None
    if isinstance(func, ast.Attribute):
        is_session = name == "run" and _SESSIONS.search(file.dotted(func.value))
        return bool(is_session) or _infers(name) or bool(_CALLABLES.fullmatch(name.lower()))
    return bool(_CALLABLES.fullmatch(name.lower()))


def _infers(name):
    return bool(_INFERS.match(name)) and name not in _NOT_INFERENCE


def _is_load(call):
    last = call.name.rpartition(".")[2]
    return any(call.name == name or call.name.endswith(f".{name}") or last == name for name in _LOADS)


def inference(submission, route):
    """The place where a route's handler asks a model, or None."""
    if route.handler is None:
        return None
    reached = submission.reach(route.home, route.handler)
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    methods = {piece.node.name: piece for piece in reached if isinstance(piece.node, functions)}
    loads, uses = False, []
    for piece in reached:
        for call in piece.calls:
            if _asks_a_model(submission, piece, call, methods):
                return piece.file.evidence(call)
            own = _in_repository(submission, piece.file, call.node.func)
            loads = loads or _is_load(call) or _is_model_class(own)
            # An own class with a method `predict`: it computes something, and with a library or a file of a model.
            method = methods.get(_identifier(call.node.func))
            if own is None and method and _infers(method.node.name) and _computes(method.node):
                uses.append((method.file.imports_module(*_LEARNING), piece.file.evidence(call)))
    return next((place for learned, place in uses if learned or loads), None)


def starts_a_program(submission, route):
    """The place where a route's handler starts a program of which nothing says that it is no Python, or None."""
    for piece in submission.reach(route.home, route.handler) if route.handler else ():
        for call in piece.calls:
            if call.name.startswith(_STARTERS) and _may_be_python(call):
                return piece.file.evidence(call)
    return None


def _may_be_python(call):
    first = next(iter(call.node.args), None)
    if isinstance(first, ast.List | ast.Tuple):
        first = next(iter(first.elts), None)
    if not isinstance(first, ast.Constant):
        return True
    program = str(first.value).split(" ", 1)[0]
    return program == "uv" or "python" in program


def _computes(function):
    return any(
        isinstance(node, ast.Call | ast.BinOp | ast.Subscript | ast.Compare) for node in ast.walk(function)
    )


def _servers(submission):
    """Servers of models that are not routes: TorchServe, KServe, Ray Serve and their like."""
    found = [command.evidence for command in submission.running(*_SERVERS)]
    for file in submission.code():
        for one in file.classes:
            handler = one.inherits("BaseHandler") and file.imports_module("ts")
            deployed = any(mark.name == "ray.serve.deployment" for mark in one.decorators)
            if handler or deployed or one.inherits("kserve.Model"):
                found.append(file.evidence(one))
    return found


@check(
    "A route of the API answers with a model",
    points=2,
    questions=[23],
    boxes=["w2-13"],
    scope="project",
    required=False,
    hint="Load the model when the application starts, and let a route such as `@app.post('/predict')` call it.",
)
def test_the_api_does_inference(submission):
    routes = _routes(submission)
    found = [(route, place) for route in routes if (place := inference(submission, route)) is not None]
    servers = _servers(submission)
    for route, place in found[:3]:
        show([route.evidence, place])
    show(servers[:2])
    measure("n_routes", len({(route.file.path, route.method, route.path) for route in routes}))
    measure("n_prediction_routes", len({(route.file.path, route.path) for route, _ in found}))
    if not found and not servers and any(route.handler is None for route in routes):
        not_applicable("Routes are declared, but what answers them cannot be found in the repository.")
    started = [place for route in routes if (place := starts_a_program(submission, route))]
    if not found and not servers and started:
        partial(1, "A route starts a program, and whether that asks a model is not followed.", started[:3])
    assert found or servers, _what_is_missing(submission, routes)


def _what_is_missing(submission, routes):
    if routes:
        return ["No route reaches a model.", *(route.evidence for route in routes[:4])]
    imported = submission.imports(*_FRAMEWORKS)
    return ["There is no route.", *imported[:3]]
