"""Every name of ours that the docs mention is there: modules, functions and their arguments, files, members of the views."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable

import pytest

from grader.exam.claims import FINDERS
from grader.repository.submission_view import SubmissionView
from grader.suite.student.student import Student
from tests.places import ROOT

PAGES = {
    page.name: page.read_text(encoding="utf-8")
    for page in [
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    ]
}
_CODE = re.compile(r"`([^`\n]+)`")
_DOTTED = re.compile(r"(?<![\w./-])(?:grader|tests)(?!\.toml\b)(?:\.[A-Za-z_]\w*)+")
_PATH = re.compile(r"(?<![\w./-])(?:grader|checks|tests|docs|reports|exercises)/[\w./*-]*[\w*/]")
_PLACEHOLDERS = re.compile(r"mNN|x\.toml")
_SIGNATURE = re.compile(r"^(?: {4})?(\w+)\(([\w\s,*=|\[\].]*)\)\s*->", re.M)
#: `## Fetch: `grader.submission`` says where the functions of a section are.
_SECTION = re.compile(r"^## [^`\n]*`(grader[\w.]*)`[^\n]*\n(.*?)(?=^## |\Z)", re.M | re.S)


def blocks(text: str) -> str:
    """The indented and fenced code of a page."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    return "\n".join([*fenced, *re.findall(r"^ {4}.*$", text, re.M)])


def resolves(dotted: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def unknown_names(text: str) -> list[str]:
    """The dotted names, imports and module runs of a page that lead nowhere."""
    code = "\n".join([*_CODE.findall(text), blocks(text)])
    named = set(_DOTTED.findall(code))
    for module, imported in re.findall(r"from (grader[\w.]*) import ([\w, ]+)", code):
        named |= {f"{module}.{name.strip()}" for name in imported.split(",")}
    return sorted(name for name in named if not resolves(name))


def unknown_paths(text: str) -> list[str]:
    """The files and folders of ours that a page names and that are not there."""
    code = "\n".join([*_CODE.findall(text), blocks(text), *re.findall(r"\]\(([^)#:]+)\)", text)])
    return sorted(
        path
        for path in {*_PATH.findall(code)}
        if not _PLACEHOLDERS.search(path) and next(iter(ROOT.glob(path.rstrip("/"))), None) is None
    )


def wrong_signatures(text: str) -> list[str]:
    """The functions of a page that its section's module does not have, or has with other arguments."""
    wrong = []
    for module, section in _SECTION.findall(text):
        for name, arguments in _SIGNATURE.findall(section):
            function = getattr(importlib.import_module(module), name, None)
            asked = [argument.split("=")[0].strip() for argument in arguments.split(",")]
            if not callable(function) or not _accepts(function, asked):
                wrong.append(f"{module}.{name}({arguments})")
    return wrong


def _accepts(function: Callable[..., object], asked: list[str]) -> bool:
    known = inspect.signature(function).parameters
    positional = asked[: asked.index("*")] if "*" in asked else asked
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return (
        all(name in known for name in asked if name != "*")
        and positional
        == [name for name, parameter in known.items() if parameter.kind in kinds][: len(positional)]
    )


def unknown_members(text: str, name: str, view: type) -> list[str]:
    """The attributes that a page gives a view and that it does not have."""
    mentioned = set(
        re.findall(rf"(?<![\w.]){name}\.([a-z]\w*)", "\n".join([*_CODE.findall(text), blocks(text)]))
    )
    for line in re.findall(rf"^ {{4}}{name}\..*$", text, re.M):
        # `submission.imports(…) / .mentions(…) / .calls(…)   what they are`
        mentioned |= set(re.findall(r" / \.([a-z]\w*)", re.split(r" {3,}", line.strip())[0]))
    own = set(re.findall(r"\bself\.(\w+)\b[^=\n]*=", _source(view)))
    return sorted(member for member in mentioned if not hasattr(view, member) and member not in own)


def _source(view: type) -> str:
    return "\n".join(inspect.getsource(each) for each in view.__mro__ if each is not object)


@pytest.mark.parametrize("page", PAGES)
def test_every_name_is_there(page: str) -> None:
    assert unknown_names(PAGES[page]) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_file_is_there(page: str) -> None:
    assert unknown_paths(PAGES[page]) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_function_takes_what_the_page_says(page: str) -> None:
    assert wrong_signatures(PAGES[page]) == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("name", "view"), [("submission", SubmissionView), ("student", Student)])
def test_every_member_of_a_view_is_there(page: str, name: str, view: type) -> None:
    assert unknown_members(PAGES[page], name, view) == []


def test_what_is_not_there_is_found() -> None:
    page = (
        "See `grader.exam.judge` and `grader/nowhere.py`, `python -m tests.no_page`, `submission.wishes`.\n\n"
        "## Assessment: `grader.exam`\n\n    assess_claims(result, tools) -> Result    # again\n"
        "    assess_again(result, tools) -> Result\n\n    submission.files(*globs) / .folders(*globs)   what they are\n"
        "    student.run([]) / .walk()\n"
    )
    assert unknown_names(page) == ["grader.exam.judge", "tests.no_page"]
    assert unknown_paths(page) == ["grader/nowhere.py"]
    assert wrong_signatures(page) == [
        "grader.exam.assess_claims(result, tools)",
        "grader.exam.assess_again(result, tools)",
    ]
    assert unknown_members(page, "submission", SubmissionView) == ["folders", "wishes"]
    assert unknown_members(page, "student", Student) == ["walk"]


def test_the_pages_are_read_at_all() -> None:
    architecture = PAGES["architecture.md"]
    assert len(_SIGNATURE.findall(architecture)) >= 4
    assert {"grader.submission", "grader.exam"} <= {module for module, _ in _SECTION.findall(architecture)}


def test_no_finder_is_asked_twice() -> None:
    assert len(set(FINDERS)) == len(FINDERS)
