"""What a view was asked decides what it answers: if no answer changed, nothing that a suite makes of them did."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from grader.repository.answers import Answers
from grader.repository.faults import SubmissionFault
from grader.repository.scoped_view import below, work_folders
from grader.repository.submission_view import SubmissionView
from tests.places import ROOT
from tests.view_sample import view

Ask = Callable[[SubmissionView], Any]

FILES = {
    "README.md": ["Run `python -m app`\n", "docker build -f Dockerfile .\n"],
    "readme.MD": ["other case\n"],
    "app/__init__.py": ["", "x = 1\n"],
    "app/main.py": [
        "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef r(): ...\n",
        "def broken(:\n",
    ],
    "app/train.py": [
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--lr')\n",
        "import six\n",
    ],
    "tests/test_app.py": ["from app import train\n\ndef test_a():\n    assert train\n"],
    "requirements.txt": ["six\n", "torch==2.0\n-r more.txt\n"],
    "more.txt": ["numpy\n"],
    "pyproject.toml": ["[project]\nname = 'app'\ndependencies = ['six']\n", "[broken\n"],
    "Dockerfile": ["FROM python:3.12\nCOPY app /app\nCMD python -m app\n"],
    ".dockerignore": ["app\n"],
    ".github/workflows/ci.yml": [
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make test\n",
        "on: [\n",
    ],
    "Makefile": ["test:\n\tpytest tests\n"],
    "configs/a.yaml": ["lr: 0.1\n", "lr: 0.2\nmodel: x\n"],
    "data.dvc": ["outs:\n- path: data\n  md5: 0123456789abcdef0123456789abcdef\n"],
    "nb.ipynb": ['{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "{"],
    "key.env": ["DB=postgresql://me:correct-horse-7431@db.company.dk/x\n"],
    "notes/other.txt": ["1\n", "2\n"],
}
TREES = st.dictionaries(st.sampled_from(sorted(FILES)), st.integers(0, 1)).map(
    lambda chosen: {path: FILES[path][number % len(FILES[path])] for path, number in chosen.items()}
)


def _paths(found: Any) -> list[str]:
    return [one.path for one in found]


ASKS: dict[str, Ask] = {
    "text": lambda one: one.text("README.md"),
    "exists": lambda one: [one.exists(path) for path in ("more.txt", "app", "gone")],
    "spelt": lambda one: one.case_variants("README.md"),
    "glob": lambda one: one.files("**/*.py"),
    "all": lambda one: one.all_files,
    "python": lambda one: _paths(one.python_files()) + [str(fault) for fault in one.broken_python],
    "package": lambda one: one.package and (one.package.name, one.package.folder),
    "role": lambda one: _paths(one.find("train")),
    "imports": lambda one: one.imports("six", "fastapi"),
    "commands": lambda one: [(command.text, command.path) for command in one.commands],
    "ci": lambda one: [command.text for command in one.ci_commands()],
    "images": lambda one: [image.layers.files for file in one.dockerfiles() for image in one.images(file)],
    "workflows": lambda one: _paths(one.workflows()) + [str(fault) for fault in one.broken_workflows],
    "dependencies": lambda one: sorted(one.dependencies) + [str(fault) for fault in one.declarations.broken],
    "locks": lambda one: _paths(one.locks.found),
    "routes": lambda one: [(route.method, route.path) for route in one.routes()],
    "programs": lambda one: [(program.path, program.accepts("--lr")) for program in one.programs()],
    "configs": lambda one: [(config.path, one.reads(config)) for config in one.configs()],
    "dvc": lambda one: sorted(map(str, one.dvc.metafiles)),
    "secrets": lambda one: _paths(one.secrets),
    "notebooks": lambda one: _paths(one.notebooks()) + [str(fault) for fault in one.unread],
    "template": lambda one: [one.is_template(path) for path in one.files("app/*.py")],
    "below": lambda one: [below(one, at).files() for at in work_folders(one, ["app/main.py"])],
}


def made_of(ask: Ask, one: SubmissionView) -> Any:
    try:
        return repr(ask(one))
    except SubmissionFault as fault:
        return fault.message


def seen(folder: str, tree: Mapping[str, str]) -> tuple[SubmissionView, Answers]:
    blobs = {
        path: hashlib.sha1(f"blob {len(text.encode())}\0{text}".encode(), usedforsecurity=False).hexdigest()
        for path, text in tree.items()
    }
    return view(Path(folder), tree, blobs=blobs), Answers(blobs, {}, {})


@given(
    one=TREES,
    changed=TREES,
    gone=st.sets(st.sampled_from(sorted(FILES))),
    names=st.lists(st.sampled_from(sorted(ASKS)), min_size=1, max_size=6),
)
def test_the_same_answers_make_the_same(
    one: dict[str, str], changed: dict[str, str], gone: set[str], names: list[str]
) -> None:
    """Of several questions to one view the last is looked at: what it shares with those before counts as asked by it, too."""
    other = {
        path: text
        for path, text in {**one, **dict(list(changed.items())[:2])}.items()
        if path not in list(gone)[:1]
    }
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        here, answers = seen(first, one)
        there, others = seen(second, other)
        for name in names[:-1]:
            made_of(ASKS[name], here)
        here.noting.begin()
        made = made_of(ASKS[names[-1]], here)
        asked = [question for question in here.noting.asked() if question[0] != "environment"]
        assert asked
        if answers.digest(asked) == others.digest(asked):
            assert made_of(ASKS[names[-1]], there) == made


def test_nothing_is_kept_in_a_view_without_its_questions() -> None:
    for path in (ROOT / "grader" / "repository").glob("*_view.py"):
        text = path.read_text(encoding="utf-8")
        assert "cached_property" not in text, f"{path.name}: `remembered` keeps what was asked, too."
        assert "lru_cache" not in text, path.name
