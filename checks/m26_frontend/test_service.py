"""M26: a frontend that can be set up beside its backend."""

# Tables of names read best as words.
# ruff: noqa: SIM905

import ast
import re

from grader.suite import check, evidence, not_applicable

from ..common.messages import show

_PAGES = ("streamlit", "gradio", "dash", "nicegui", "chainlit", "panel", "shiny", "taipy", "reflex", "flet")
_SETTINGS = tuple(
    (
        "os.getenv os.environ streamlit.secrets google.cloud.run_v2 argparse typer hydra omegaconf dotenv "
        "pydantic_settings decouple streamlit.text_input streamlit.sidebar.text_input environ dynaconf"
    ).split()
)
_LOCAL = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0)")
_STARTS = (
    "streamlit run",
    "gradio",
    "chainlit run",
    "shiny run",
    "npm",
    "yarn",
    "pnpm",
    "bun",
    "nginx",
    "serve",
    "panel serve",
)


def _pages(submission):
    return [
        file
        for file in submission.code()
        if file.imports_module(*_PAGES)
        and any(call.name.partition(".")[0] in _PAGES for call in file.calls())
    ]


@check(
    "The frontend is told where its backend is",
    points=1,
    questions=[24],
    required=False,
    requires=("a_frontend_asks_the_api",),
    hint="`os.environ.get('BACKEND')`: an address of localhost in the code leads nowhere once the frontend runs in a container.",
)
def test_the_backend_address_is_a_setting(submission):
    pages = _pages(submission)
    fixed = []
    for file in pages:
        local = [
            node
            for node in ast.walk(file.tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and _LOCAL.search(node.value[:500])
        ]
        others = {piece.file.path: piece.file for piece in submission.reach(file, file.tree)}.values()
        if local and not any(one.uses(*_SETTINGS) or one.imports_module(*_SETTINGS) for one in others):
            fixed.append(file.evidence(local[0]))
    if not pages:
        not_applicable("No page of Python asks a backend.")
    assert not fixed, ["The address of the backend is fixed in the code.", *fixed[:3]]


@check(
    "The frontend has an image of its own",
    points=1,
    questions=[24],
    required=False,
    requires=("a_frontend_asks_the_api",),
    hint="Add `frontend.dockerfile` that installs `requirements_frontend.txt` and starts the page: "
    "`CMD streamlit run frontend.py --server.port $PORT --server.address 0.0.0.0`.",
)
def test_the_frontend_has_an_image(submission):
    pages = _pages(submission)
    if not pages and not submission.files("**/package.json"):
        not_applicable("The API serves its pages itself.")
    names = {file.path.rpartition("/")[2] for file in pages}
    modules = {_module_name(file.path) for file in pages}
    for command in submission.commands:
        words = command.plain
        started = names & {word.rpartition("/")[2] for word in words} or modules & set(words)
        if command.source in ("dockerfile", "compose") and (command.runs(*_STARTS) or started):
            show([command])
            return
    scripts = [one for one in submission.commands if one.source == "script" and one.runs(*_STARTS)]
    started = [
        one
        for one in submission.commands
        if one.source == "dockerfile"
        for script in scripts
        if any(word.endswith(script.path.rpartition("/")[2]) for word in one.words)
    ]
    assert started, "No Dockerfile starts the frontend."
    evidence(started[0].path, started[0].line, started[0].text)


def _module_name(path):
    """`src/pkg/frontend.py` as `python -m` names it."""
    return path.removesuffix(".py").removeprefix("src/").replace("/", ".")
