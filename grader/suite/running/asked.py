"""What the suite of each module has asked: told to the engine, which runs it again only if an answer changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from grader.repository.committed_secrets import without
from grader.repository.python.lint import asked_too_often
from grader.repository.reads import Question, Reads
from grader.repository.submission_view import SubmissionView
from grader.suite.outcomes import take_unsteady

#: Questions of one suite, and their characters: a suite with more is one that sees everything.
MOST_QUESTIONS, MOST_CHARACTERS = 2_000, 120_000
_NO_SECRETS: frozenset[str] = frozenset()


class Asked:
    """Tells after each check what is new of its module.

    Args:
        reads: where the views of the run note questions.
        emit: called with the event.
    """

    def __init__(self, reads: Reads, emit: Callable[[dict[str, Any]], None]) -> None:
        self._reads = reads
        self._emit = emit
        self._told: dict[str, set[Question]] = {}
        self._characters: dict[str, int] = {}
        self._whole = False

    def begin(self) -> None:
        """Begin a check."""
        self._reads.begin()
        self._whole = False
        take_unsteady()

    def everything(self) -> None:
        """Note that the check sees all files and the history: it has the students' code run."""
        self._whole = True

    def shown(self, view: SubmissionView, text: str) -> str:
        """Return a text of the check as it may leave this process: without secrets of any file of the submission."""
        with self._reads.aside():
            safe = str(view.redacted(text))
        if safe != text and safe != without(text, _NO_SECRETS):
            # What was taken out stands in a file that the suite may never have read.
            self._whole = True
        return safe

    def end(self, module: str, *, lasting: bool) -> None:
        """End a check. `lasting` tells whether it would come out the same another time, as far as its outcome shows."""
        told = self._told.setdefault(module, set())
        new = [question for question in self._reads.asked() if question not in told]
        told.update(new)
        self._characters[module] = self._characters.get(module, 0) + sum(len(" ".join(one)) for one in new)
        whole = self._whole or len(told) > MOST_QUESTIONS or self._characters[module] > MOST_CHARACTERS
        steady = lasting and not take_unsteady() and not self._reads.unsteady and not asked_too_often()
        self._emit(
            {
                "event": "asked",
                "module": module,
                "questions": [] if whole else new,
                "whole": whole,
                "lasting": steady,
            }
        )


def standing(view: SubmissionView, texts: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """Yield the modules whose texts of an earlier run hold no secret of this submission: those may stand."""
    with view.noting.aside():
        secrets = view.secret_values
    for module, said in texts.items():
        if not any(secret in text for text in said for secret in secrets):
            yield module
