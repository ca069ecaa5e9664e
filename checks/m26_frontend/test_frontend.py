"""M26: a page that people use, and that asks the API or the model."""

# Tables of names read best as words.
# ruff: noqa: SIM905

import ast
import re
from html.parser import HTMLParser

from grader.suite import Evidence, SubmissionFault, check, evidence, measure, not_applicable, partial, work

from ..common.clients import client_of, is_client
from ..common.messages import only_declared, show

_PAGES = tuple(
    (
        "streamlit gradio dash panel nicegui chainlit shiny taipy reflex flet mesop solara pywebio tkinter "
        "customtkinter PyQt5 PyQt6 PySide2 PySide6 kivy textual telegram"
    ).split()
)
_DECLARED = tuple("streamlit gradio dash nicegui chainlit taipy reflex flet panel shiny".split())
_CLIENTS = tuple(
    (
        "requests httpx aiohttp urllib.request urllib3 http.client gradio_client bentoml.SyncHTTPClient "
        "bentoml.AsyncHTTPClient openai google.cloud.aiplatform websockets grpc ollama "
        "gradio.load gradio.Interface.load gradio.Interface.from_pipeline "
        "huggingface_hub.InferenceClient anthropic groq replicate"
    ).split()
)
_VERBS = ("post", "get", "put", "request", "urlopen", "stream")
_SESSIONS = re.compile(r"session|client|http|api|backend")
_ASKS = re.compile(
    r"_{0,2}(?:predict|infer|classif|forward|generate|transcribe|detect|recommend|translate_|query|ask_|call_api)"
)
#: Libraries whose objects, called, are models; and what of torch is one.
_MODELS = tuple(
    (
        "transformers.pipeline transformers.Auto ultralytics timm.create_model torchvision.models torch.hub.load torch.nn. "
        "keras. tensorflow.keras sentence_transformers. segmentation_models_pytorch. torch.jit.load"
    ).split()
)
_MODULES = ("torch.nn.Module", "LightningModule", "PreTrainedModel", "keras.Model", "PyTorchModelHubMixin")
_LOADS = tuple(
    "torch.load joblib.load pickle.load load_from_checkpoint from_pretrained load_model InferenceSession".split()
)
_WEB = tuple("react vue svelte @sveltejs/kit next nuxt vite @angular/core solid-js preact astro expo".split())
_SOURCES = ("**/*.js", "**/*.jsx", "**/*.ts", "**/*.tsx", "**/*.mjs", "**/*.vue", "**/*.svelte")
_NOT_PAGES = re.compile(
    r"(?:^|/)(?:docs?|htmlcov|reports?|site|coverage|node_modules|dist|build|outputs|wandb|mlruns|notebooks)/"
)
_FETCHES = re.compile(
    r"\bfetch\s{0,5}\(|\baxios\b|XMLHttpRequest|\$\.(?:ajax|post|get)\b|\bClient\.connect\b|\bnew WebSocket\b|\buseSWR\b"
)
_MAX_PAGE = 100_000
_FIELDS = ("input", "textarea", "select")
_ELSEWHERE = re.compile(r"front[\s_-]?end", re.IGNORECASE)
#: A link to a tool says nothing about a page of the group's own.
_LINK = re.compile(
    r"https?://(?!localhost|127\.|0\.0\.0\.0|(?:www\.|docs\.)?(?:streamlit\.io|gradio\.app|fastapi|react|vitejs|vite\.dev"
    r"|nextjs|skaftenicki|img\.shields|tailwind|python))[\w.-]{3,200}"
)


@work("a page: Streamlit, Gradio, Dash, …, a form of HTML, a JavaScript application, or a link to one")
def find_work(submission):
    return bool(
        submission.imports(*_PAGES)
        or not submission.dependencies.isdisjoint(_DECLARED)
        or _html(submission)
        or _scripts(submission)
        or _packages(submission)
        or _elsewhere(submission)
        or list(_inline(submission))
    )


def _pages(submission):
    """Python files that call a library of pages: an import alone shows nothing."""
    found = []
    for file in submission.code():
        calls = [call for call in file.calls() if call.name.partition(".")[0] in _PAGES]
        if calls and file.imports_module(*_PAGES):
            found.append((file, calls[0]))
    return found


def _asks(submission, file):
    """Where a page's code, or what it calls, asks an API or a model."""
    for piece in submission.reach(file, file.tree):
        for call in piece.calls:
            last = call.name.rpartition(".")[2]
            client = any(call.name == name or call.name.startswith(f"{name}.") for name in _CLIENTS)
            session = last in _VERBS and _sends(submission, piece.file, call)
            model = any(call.name == name or call.name.endswith(f".{name}") for name in _LOADS)
            method = ("." in call.name and _ASKS.match(last)) or _is_model(
                submission, piece.file, call.node.func
            )
            if (client and last not in ("Session", "Client")) or session or model or method:
                return piece.file.evidence(call)
    return None


def _sends(submission, file, call):
    """Whether `.get(…)` is a request: by what made the object, else by its name. `st.session_state` keeps values."""
    maker = client_of(submission, file, call)
    if maker:
        return is_client(maker) or any(maker.startswith(f"{name}.") or maker == name for name in _CLIENTS)
    return bool(_SESSIONS.search(call.name.rpartition(".")[0].lower()))


def _is_model(submission, file, node, depth=0):
    """Whether what is called was made by a library of models, or is an object of the group's own class of model."""
    made = node
    if isinstance(node, ast.Name | ast.Attribute):
        home, name = submission.modules.home(node, file) or (file, "")
        made = submission.modules.assigned(home).get(name)
        file = home
    if not isinstance(made, ast.Call) or depth > 4:
        return False
    name = file.dotted(made.func)
    if name.startswith(_MODELS):
        return not name.startswith("torch.nn.functional")
    home, inner = submission.modules.home(made.func, file) or (file, "")
    own, function = home.classes.get(inner), home.functions.get(inner)
    if own:
        return own.inherits(*_MODULES)
    # A function that returns one: `load()(image)`.
    returned = (
        [one.value for one in ast.walk(function.node) if isinstance(one, ast.Return)] if function else []
    )
    return any(
        _is_model(submission, home, one, depth + 1) or _called_is_model(submission, home, one)
        for one in returned
    )


def _called_is_model(submission, file, node):
    return isinstance(node, ast.Call) and file.dotted(node.func).startswith(_MODELS)


class _Page(HTMLParser):
    """Whether a page has a form with a field, or a script that fetches something."""

    def __init__(self, text):
        super().__init__()
        self.form = self.fields = 0
        self.script, self.inside = [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.form += tag == "form"
        kind = dict(attrs).get("type") or "text"
        self.fields += tag in _FIELDS and self.form > 0 and kind not in ("submit", "button", "hidden")
        self.inside = tag == "script"

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.script.append(data)

    @property
    def is_frontend(self):
        return bool(self.fields) or bool(_FETCHES.search(_code_of("".join(self.script))))


def _is_page(text):
    return ("<form" in text or "<script" in text) and _Page(text[:_MAX_PAGE]).is_frontend


def _code_of(text):
    """JavaScript without comments and without what stands in quotes."""
    kept, quote, at = [], "", 0
    text = text[:_MAX_PAGE]
    while at < len(text):
        char = text[at]
        if not quote and text.startswith(("//", "/*"), at):
            closing = text.find("\n" if text[at + 1] == "/" else "*/", at + 2)
            at = len(text) if closing < 0 else closing + (text[at + 1] == "*") * 2
            continue
        if quote and char == "\\":
            at += 2
            continue
        if char in "\"'`" and quote in ("", char):
            quote = "" if quote else char
        elif char == "\n" and quote in "\"'":
            quote = ""
        kept.append("" if quote else char)
        at += 1
    return "".join(kept)


def _own(submission, *globs):
    found = [path for path in submission.files(*globs) if not _NOT_PAGES.search(path) and ".min." not in path]
    return [path for path in found if not submission.is_template(path)][:200]


def _texts(submission, *globs):
    for path in _own(submission, *globs):
        try:
            yield path, submission.text(path)
        except SubmissionFault:
            continue


def _html(submission):
    return [path for path, text in _texts(submission, "**/*.html", "**/*.j2", "**/*.jinja") if _is_page(text)]


def _inline(submission):
    """Pages that stand as text in the code of the API."""
    for file in {route.file.path: route.file for route in submission.routes()}.values():
        if "<form" in file.text or "<script" in file.text:
            for node in ast.walk(file.tree):
                text = node.value if isinstance(node, ast.Constant) else None
                if isinstance(text, str) and _is_page(text):
                    yield file.evidence(node, "a page of HTML in the code")


def _scripts(submission):
    found = []
    for path, text in _texts(submission, *_SOURCES):
        if _FETCHES.search(text) and not re.search(r"from\s{1,5}['\"]k6", text):
            found += [path] if _FETCHES.search(_code_of(text)) else []
    return found


def _packages(submission):
    """package.json files of web applications."""
    found = []
    for path in _own(submission, "**/package.json"):
        try:
            data = submission.json(path)
        except SubmissionFault:
            continue
        parts = (
            [data.get(key) for key in ("dependencies", "devDependencies")] if isinstance(data, dict) else []
        )
        if any(isinstance(part, dict) and not part.keys().isdisjoint(_WEB) for part in parts):
            found.append(path)
    return found + _own(submission, "**/pubspec.yaml")


def _elsewhere(submission):
    """Where the repository says that its frontend lies elsewhere."""
    for path, text in _texts(submission, "*.md", "docs/**/*.md", ".gitmodules"):
        about = _ELSEWHERE.search(path)
        for number, line in enumerate(text.split("\n")[:5_000], start=1):
            if _LINK.search(line[:2_000]) and (about or _ELSEWHERE.search(line[:2_000])):
                return [Evidence(path, number, line.strip()[:200])]
    return []


@check(
    "A page lets people use the model",
    points=1,
    questions=[24, 28],
    boxes=["w2-18"],
    required=False,
    hint="A file `frontend.py` with Streamlit: `st.file_uploader`, a `requests.post` to the API, `st.write` of its answer.",
)
def test_a_frontend_asks_the_api(submission):
    pages = [(file, call, _asks(submission, file)) for file, call in _pages(submission)]
    asking = [(file, call, place) for file, call, place in pages if place is not None]
    others = [*_html(submission), *_scripts(submission)]
    inline = list(_inline(submission))
    for file, call, place in asking[:2]:
        evidence(file.path, call.line, file.lines[call.line - 1].strip())
        show([place])
    for path in others[:3]:
        evidence(path)
    show(inline[:1])
    measure("n_frontend_files", len(asking) + len(others))
    if asking or others or inline:
        return
    packages = _packages(submission)
    if packages:
        partial(0, "A web application that asks an API in no way known here.", [Evidence(packages[0])])
    if not pages and _elsewhere(submission):
        not_applicable("The repository says that its frontend lies elsewhere: nobody can tell from here.")
    assert not pages, [
        file.evidence(call, "a page that asks neither an API nor a model") for file, call, _ in pages[:3]
    ]
    raise AssertionError(_what_is_missing(submission))


def _what_is_missing(submission):
    return only_declared(
        submission,
        _DECLARED,
        "There is no page that people could use.",
        unused="no code makes a page with it",
    )
