"""The subjects of tests: find the tests about what an answer names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from posixpath import basename

from grader.inventory import TestFile

_WINDOW = 200
_SPLIT = re.compile(r"[^a-z0-9]+")

#: Subjects by words of an answer, and by parts of the names of files, functions and imports.
SUBJECTS = {
    "data": (
        r"data(?:sets?|loaders?|loading|modules?)?|preprocess\w*|pre-process\w*",
        ("data", "preprocess", "loader"),
    ),
    "model": (r"models?|architectures?|forward", ("model", "net", "architecture")),
    "training": (r"train(?:ing|er)?(?! set)", ("train",)),
    "API": (
        r"apis?|endpoints?|fastapi|backend|inference",
        ("api", "app", "endpoint", "main", "server", "backend", "inference", "predict"),
    ),
    "evaluation": (r"evaluat\w+", ("eval",)),
    "configuration": (r"config\w*|hydra", ("config", "hydra")),
    "visualisation": (r"visuali[sz]\w+|plot\w*", ("visual", "plot")),
    "frontend": (r"front-?end|streamlit|gradio", ("front", "streamlit", "gradio")),
    "drift": (r"drift", ("drift",)),
}
_WORDS = {name: re.compile(rf"\b(?:{words})\b", re.I) for name, (words, _) in SUBJECTS.items()}


def mention(name: str, text: str) -> re.Match[str] | None:
    """Return the first mention of a subject in `text`."""
    return _WORDS[name].search(text)


def named_subjects(text: str) -> list[str]:
    """Return the subjects that a text names, in text order."""
    places = {name: found.start() for name in SUBJECTS if (found := mention(name, text))}
    return sorted(places, key=lambda name: places[name])


def files_about(text: str, tests: Sequence[TestFile]) -> tuple[TestFile, ...]:
    """Return the test files named after the subject of `text`: `subsampling` finds `test_subsampling.py`."""
    words = [word for word in _SPLIT.split(text.casefold()[:_WINDOW]) if len(word) > 2]
    wanted = {*words, *("".join(pair) for pair in pairwise(words))}
    exact = tuple(each for each in tests if _stem(each.path).replace("_", "") in wanted)
    if exact:
        return exact
    keys = [key for key in _keys(text) if len(key) > 2]
    return tuple(
        each
        for each in tests
        if any(part.startswith(key) for part in _SPLIT.split(_stem(each.path)) for key in keys)
    )


def functions_about(text: str, tests: Sequence[TestFile]) -> list[tuple[str, str]]:
    """Return path and name of the test functions with the subject of `text` in their own name."""
    keys = _keys(text)
    return [
        (each.path, name)
        for each in tests
        for name in each.functions
        if any(key in name.casefold() for key in keys)
    ]


def paths_about(name: str, tests: Sequence[TestFile]) -> list[str]:
    """Return the files with tests about a subject, by file, function or import."""
    keys = SUBJECTS[name][1]
    return [
        each.path
        for each in tests
        if any(key in text.casefold() for key in keys for text in (_stem(each.path), *each.functions))
        or any(
            key in part for key in keys for module in each.imports for part in module.casefold().split(".")
        )
    ]


def _keys(text: str) -> list[str]:
    return [key for name in named_subjects(text)[:1] for key in SUBJECTS[name][1]]


def _stem(path: str) -> str:
    name = basename(path).casefold().removesuffix(".py")
    return name.removeprefix("test_").removesuffix("_test").removesuffix("_tests")
