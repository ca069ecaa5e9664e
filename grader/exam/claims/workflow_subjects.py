"""Which workflow a sentence is about, where a repository has several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from posixpath import basename

from grader.exam.claims.language.sentences import Sentence
from grader.inventory import WorkflowFacts

_KIND = r"[`\"'*_]{0,3}\s(?:\w+\s)?(?:workflow|job|action|pipeline)"
#: Workflows that are looked for in each sentence.
_MOST = 20
_QUOTES = ("`", '"', "“")
#: Beginnings of a sentence that goes on about what the one before was about.
_GOES_ON = re.compile(
    r"\W{0,3}(?:it|its|this|that|these|those|they|both|the (?:first|second|third|last|latter|former|other|same|next))\b",
    re.I,
)
#: Words of a sentence about the tests, or about all workflows.
_WHOLE = re.compile(
    r"\b(?:test\w*|ci|continuous integration|workflows|jobs|runners|matrix|github actions|everything|we)\b",
    re.I,
)
#: Words of a sentence about something that is done beside the tests.
_BESIDE = re.compile(
    r"\b(?:lint\w*|format\w*|style|docker\w*|images?|deploy\w*|docs|documentation|publish\w*|releas\w*|train\w*|pre-?commit"
    r"|another|other|separate)\b",
    re.I,
)
#: Parts of the names of workflows that say nothing of what one does.
_GENERAL = {
    "test",
    "tests",
    "testing",
    "main",
    "build",
    "check",
    "checks",
    "workflow",
    "python",
    "github",
    "action",
    "actions",
}


@dataclass(frozen=True)
class Subject:
    """The workflows that a sentence is about: `named` ones, or all; not `sure` if it may mean another part of them."""

    workflows: tuple[WorkflowFacts, ...]
    named: bool
    sure: bool


def about(
    sentences: Iterable[Sentence], workflows: Sequence[WorkflowFacts]
) -> Iterator[tuple[Sentence, Subject]]:
    """Yield each sentence with the workflows that it is about; a pronoun takes those of the sentence before."""
    every = tuple(workflows)
    last = Subject(every, named=False, sure=False)
    for sentence in sentences:
        text = sentence.text[:2_000]
        named = tuple(each for each in every[:_MOST] if _names(text, each))
        if named:
            # A job beside the tests, in the workflow of the tests.
            part = any(each.runs_tests for each in named) and _BESIDE.search(text) is not None
            last = Subject(named, named=True, sure=not part)
        elif not _GOES_ON.match(text):
            sure = _WHOLE.search(text) is not None and _BESIDE.search(text) is None
            last = Subject(every, named=False, sure=sure)
        yield sentence, last


def _names(text: str, workflow: WorkflowFacts) -> bool:
    """Return whether a text names a workflow: by its file, its name, or, if it runs no tests, by what its file is named after."""
    certain, called = _patterns(workflow.path, workflow.name[:100], workflow.runs_tests)
    if certain.search(text):
        return True
    found = called.search(text)
    return found is not None and (
        found["kind"] is not None or text[found.start() - 1 : found.start()] in _QUOTES
    )


@lru_cache(maxsize=256)
def _patterns(path: str, name: str, runs_tests: bool) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what names a workflow wherever it stands, and what does so in quotes or before the word "workflow"."""
    stem = basename(path).rpartition(".")[0]
    certain = [rf"(?<![\w.-]){re.escape(stem)}\.ya?ml\b"]
    if not runs_tests:
        parts = {part for part in re.split(r"[^a-z]+", stem.casefold()) if len(part) > 3} - _GENERAL
        certain += [rf"\b{part}\w*" for part in sorted(parts)]
    names = "|".join(re.escape(each) for each in (stem, name) if each and each != path)
    called = rf"(?<![\w.-])(?:{names or '(?!)'})(?P<kind>{_KIND})?(?![\w-])"
    return re.compile("|".join(certain), re.I), re.compile(called, re.I)
