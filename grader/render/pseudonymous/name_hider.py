"""Hiding the people of one submission, from what was fetched of it and from its result."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from grader.exam.report_data import NO_REPORT_DATA, ReportData
from grader.render.pseudonymous.hidden_result import hidden_result
from grader.render.pseudonymous.people_of import identities
from grader.render.pseudonymous.replacing import Pseudonyms
from grader.results import Result
from grader.submission.model import Submission


class NameHider:
    """Hides the people of one submission: told what was fetched, it knows whom to hide in the result.

    Args:
        source: where the submission is fetched from.
        members: of its group.
        name: what stands in place of the source.
        about: what the course says of study numbers, and of names that are nobody's.
    """

    def __init__(
        self,
        source: str = "",
        members: Sequence[str] = (),
        name: str = "submission",
        about: ReportData = NO_REPORT_DATA,
    ) -> None:
        # What is written of a folder has its whole path.
        self._source = os.path.abspath(source) if source and os.path.exists(source) else source
        self._members, self._name, self._about = tuple(members), name, about
        self._submission: Submission | None = None
        self._names = self._pseudonyms(None)

    def fetched(self, fetch: Callable[[Path], Submission]) -> Callable[[Path], Submission]:
        """Return a way of fetching that notes the people of what it fetched."""

        def noting(into: Path) -> Submission:
            return self.note(fetch(into))

        return noting

    def note(self, submission: Submission) -> Submission:
        """Note the people of a submission, and return it."""
        self._submission = submission
        self._names = self._pseudonyms(None)
        return submission

    def text(self, text: str) -> str:
        """Return a line without names."""
        return self._names.text(text)

    def result(self, result: Result) -> Result:
        """Return a result without names."""
        about = result.submission.model_copy(update={"id": self._name})
        return hidden_result(result.model_copy(update={"submission": about}), self._pseudonyms(result))

    def _pseudonyms(self, result: Result | None) -> Pseudonyms:
        source = self._source or (result.submission.source if result else "")
        if not source and self._submission is not None:
            source = self._submission.source
        people = identities(
            members=self._members,
            submission=self._submission,
            source=source,
            result=result,
            about=self._about,
        )
        return Pseudonyms(people, source, self._name, self._about)


def hidden(result: Result, about: ReportData = NO_REPORT_DATA) -> Result:
    """Return a result without names, as far as it tells itself whose they are."""
    group = result.submission.group
    stays = (
        group is not None and group.number is not None
    ) or result.submission.source == result.submission.id
    return NameHider(name=result.submission.id if stays else "submission", about=about).result(result)
