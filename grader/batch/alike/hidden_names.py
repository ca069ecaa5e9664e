"""Names taken out of what is shown of a pair: those of both groups on both sides, as who copies may copy a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.batch.alike.code_reader import ReadGroup, pseudonyms
from grader.batch.alike.compared_sources import SourceToCompare
from grader.exam.report_data import ReportData
from grader.render.pseudonymous import Pseudonyms
from grader.similarity.side_by_side import CodeLine, SideBySide

Hide = Callable[[str], str]


class HiddenNames:
    """The names of all groups; `about` is what the course says of study numbers, None where names are shown."""

    def __init__(
        self, sources: Sequence[SourceToCompare], groups: Sequence[ReadGroup], about: ReportData | None
    ) -> None:
        self._sources, self._groups, self._about = sources, groups, about
        self._known: dict[int, Pseudonyms] = {}

    def of(self, *numbers: int) -> Hide:
        """Return what takes the names of these groups out of a text."""
        if self._about is None:
            return str
        hiding = [self._names(number, self._about) for number in numbers]

        def hide(text: str) -> str:
            for names in hiding:
                text = names.text(text)
            return text

        return hide

    def beside(self, shown: SideBySide, first: int, second: int) -> SideBySide:
        """Return the lines of a pair without names; each side's own come first."""
        return replace(
            shown,
            first=_lines(shown.first, self.of(first, second)),
            second=_lines(shown.second, self.of(second, first)),
        )

    def _names(self, number: int, about: ReportData) -> Pseudonyms:
        if number not in self._known:
            one = self._sources[number]
            people = self._groups[number].people
            self._known[number] = pseudonyms(people, one.source, one.id, about)
        return self._known[number]


def _lines(lines: Sequence[CodeLine], hide: Hide) -> tuple[CodeLine, ...]:
    return tuple(CodeLine(line.number, hide(line.text), line.shared) for line in lines)
