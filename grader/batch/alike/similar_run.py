"""Compare the groups of a class: read all in processes, hold them against each other, and say what is alike and where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.batch.alike.code_reader import ReadGroup, Reading, ToRead
from grader.batch.alike.compared_sources import SourceToCompare
from grader.batch.alike.hidden_names import HiddenNames
from grader.batch.alike.reading_pool import read_groups_code
from grader.batch.alike.told_class import Similarities, told
from grader.batch.fetching import Fetching
from grader.batch.scratch import scratch_folder
from grader.exam.report_data import ReportData
from grader.settings import SimilarityLimits
from grader.similarity.class_pairs import compare_all
from grader.similarity.group_code import HandedOut


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How a class is compared: as `Reading` has it, with how many processes, and who is told of each group."""

    fetching: Fetching
    course: HandedOut
    limits: SimilarityLimits
    about: ReportData | None = None
    jobs: int = 1
    tell: Callable[[str], None] = lambda line: None


def compare_sources(sources: Sequence[SourceToCompare], how: Comparison) -> Similarities:
    """Fetch, read and compare sources; those of earlier years come last.

    Raises:
        GradingError: there is no room for temporary files.
    """
    with scratch_folder() as scratch:
        texts = scratch / "texts"
        texts.mkdir()
        reading = Reading(
            fetching=how.fetching,
            course=how.course,
            limits=how.limits,
            texts=texts,
            about=how.about,
        )
        groups = _read_all(sources, reading, scratch, how)
        names = HiddenNames(sources, groups, how.about)
        earlier = sum(one.earlier for one in sources)
        compared = compare_all([group.code for group in groups], earlier, how.limits)
        return told(sources, groups, compared, names, texts, how.limits)


def _read_all(
    sources: Sequence[SourceToCompare], reading: Reading, scratch: Path, how: Comparison
) -> list[ReadGroup]:
    found = {
        number: ReadGroup(number=number, problem=one.problem)
        for number, one in enumerate(sources)
        if one.problem
    }
    wanted = [
        ToRead(number=number, id=one.id, source=one.source, members=one.members, commit=one.commit)
        for number, one in enumerate(sources)
        if not one.problem
    ]
    for done, group in enumerate(read_groups_code(wanted, reading, scratch, how.jobs), 1):
        found[group.number] = group
        one = sources[group.number]
        what = f"not compared: {group.problem}" if group.problem else f"{group.code.own_tokens} tokens"
        how.tell(f"[{done}/{len(wanted)}] {one.id}: {what}")
    return [found[number] for number in range(len(sources))]
