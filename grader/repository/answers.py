"""What the views would answer now: the questions of a suite (`grader.repository.reads`), asked again without reading a file.

Paths and git's blob ids are enough: a blob id stands for the content of a file. So nothing of a submission is parsed here.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from grader.repository.files import Files, inside
from grader.repository.reads import Question

#: Seconds for the answers to the questions of one suite. Globs and paths may be the students'.
MOST_S = 2.0


class TooSlow(Exception):
    """The questions take too long to answer: to run the suite is the answer."""


class Answers:
    """The answers of one submission.

    Args:
        blobs: git's blob id by path.
        skipped: by path, why it is left out.
        others: gives the answers to questions of the whole submission, by kind: `history`, `commit`.
    """

    def __init__(
        self, blobs: Mapping[str, str], skipped: Mapping[str, str], others: Mapping[str, Callable[[], str]]
    ) -> None:
        self._blobs, self._skipped, self._others = blobs, skipped, others
        self._files: dict[str, Files] = {}
        self._known: dict[Question, Any] = {}

    def digest(self, questions: Iterable[Question], **others: str) -> str:
        """Return a digest of the answers to the questions, in any order; `others` answers questions of this suite alone.

        Raises:
            TooSlow: it takes more than two seconds.
            KeyError: a question that nobody asks.
        """
        until = time.monotonic() + MOST_S
        answers = []
        for question in sorted(set(questions)):
            if time.monotonic() > until:
                raise TooSlow
            answers.append([question, others[question[0]] if question[0] in others else self._of(question)])
        return hashlib.sha256(json.dumps(answers).encode()).hexdigest()

    def _of(self, question: Question) -> Any:
        if question not in self._known:
            self._known[question] = self._answer(question)
        return self._known[question]

    def _answer(self, question: Question) -> Any:
        if question[0] in self._others:
            return self._others[question[0]]()
        kind, folder, *asked = question
        files = self._in(folder)
        match kind:
            case "read":
                real = files.resolve(asked[0])
                return [real, files.blobs[real]] if real else files.skipped.get(asked[0])
            case "name":
                return files.resolve(asked[0])
            case "inside":
                return files.is_folder(asked[0])
            case "spelt":
                return files.case_variants(asked[0])
            case "glob":
                return files.find(asked)
            case "all":
                return list(files.paths)
            case "skipped":
                return files.skipped
        raise KeyError(kind)

    def _in(self, folder: str) -> Files:
        if folder not in self._files:
            blobs = inside(self._blobs, folder)
            # Without any path the folder would be looked at: there is none.
            self._files[folder] = Files(Path("/nowhere"), blobs, inside(self._skipped, folder))
        return self._files[folder]
