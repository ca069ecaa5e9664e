"""Compare the groups of a class: read all in processes, hold them against each other, and say what is alike and where."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import grader
from grader.batch.alike.code_reader import ReadGroup, Reading, ToRead, begin, read_group, text_file
from grader.batch.alike.compared_sources import SourceToCompare
from grader.batch.fetching import Fetching
from grader.batch.scratch import scratch_folder
from grader.results import CodePlace, ComparedSubmission, SharedPassage, SimilarClass, SimilarPair
from grader.settings import SimilarityLimits
from grader.similarity.class_pairs import Compared, Pair, compare_all
from grader.similarity.group_code import CodeFile, HandedOut
from grader.similarity.passages import Passage
from grader.similarity.side_by_side import SideBySide, shared_lines, side_by_side

#: Shares of which it is said how many pairs have so much, in percent.
_STEPS = (50, 30, 20, 10, 5)
#: Groups after which a process is replaced: what native code does not give back, the system does.
_GROUPS_A_PROCESS = 40

_SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, kw_only=True)
class Similarities:
    """What is alike, and the lines of each pair's passages, as many as are shown."""

    found: SimilarClass
    lines: tuple[tuple[SideBySide, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How a class is compared: as `Reading` has it, with how many processes, and who is told of each group."""

    fetching: Fetching
    course: HandedOut
    limits: SimilarityLimits
    pseudonymous: bool = False
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
            pseudonymous=how.pseudonymous,
        )
        groups = _read_all(sources, reading, scratch, how)
        earlier = sum(one.earlier for one in sources)
        compared = compare_all([group.code for group in groups], earlier, how.limits)
        return _told(sources, groups, compared, texts, how.limits)


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
    for done, group in enumerate(_read(wanted, reading, scratch, how.jobs), 1):
        found[group.number] = group
        one = sources[group.number]
        what = f"not compared: {group.problem}" if group.problem else f"{group.code.own_tokens} tokens"
        how.tell(f"[{done}/{len(wanted)}] {one.id}: {what}")
    return [found[number] for number in range(len(sources))]


def _read(wanted: Sequence[ToRead], reading: Reading, scratch: Path, jobs: int) -> Iterator[ReadGroup]:
    """Yield each group when it is read. One that takes its process down is tried once more, by itself."""
    left = {one.number: one for one in wanted}
    try:
        for group in _in_processes(wanted, reading, scratch, jobs):
            del left[group.number]
            yield group
    except BrokenProcessPool:
        for one in list(left.values()):
            try:
                yield from _in_processes([one], reading, scratch, 1)
            except BrokenProcessPool:
                yield ReadGroup(
                    number=one.number, problem="The process that read it was ended, maybe for want of memory."
                )


def _in_processes(
    wanted: Sequence[ToRead], reading: Reading, scratch: Path, jobs: int
) -> Iterator[ReadGroup]:
    pool = ProcessPoolExecutor(
        max(1, min(jobs, len(wanted))),
        mp_context=_SPAWN,
        initializer=begin,
        initargs=(reading, scratch),
        max_tasks_per_child=_GROUPS_A_PROCESS,
    )
    try:
        waiting: set[Future[ReadGroup]] = {pool.submit(read_group, one) for one in wanted}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for one in done:
                yield one.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _told(
    sources: Sequence[SourceToCompare],
    groups: Sequence[ReadGroup],
    compared: Compared,
    texts: Path,
    limits: SimilarityLimits,
) -> Similarities:
    """Return what was found in words that stay, and the lines to show."""
    text_of = _texts_in(texts)
    pairs, lines = [], []
    left = limits.page_lines
    for pair in compared.pairs[: limits.pairs]:
        mine, theirs = groups[pair.first], groups[pair.second]
        shown = []
        for passage in pair.passages[: limits.passages]:
            if left <= 0:
                break
            files = _files(passage, mine, theirs)
            both = (text_of(mine.number)[files[0].path], text_of(theirs.number)[files[1].path])
            beside = side_by_side(passage, files, both, limits.passage_lines)
            left -= len(beside.first) + len(beside.second)
            shown.append(beside)
        pairs.append(_pair(pair, sources, mine, theirs, limits))
        lines.append(tuple(shown))
    readable = [not group.problem for group in groups]
    this_year = sum(fine for fine, one in zip(readable, sources, strict=True) if not one.earlier)
    return Similarities(
        found=SimilarClass(
            version=grader.__version__,
            submissions=tuple(
                ComparedSubmission(
                    id=one.id,
                    source=one.shown,
                    commit=group.commit,
                    earlier=one.earlier,
                    files=len(group.code.files),
                    tokens=group.code.tokens,
                    own_tokens=own,
                    left_out=group.code.left_out,
                    problem=group.problem,
                )
                for one, group, own in zip(sources, groups, compared.tokens, strict=True)
            ),
            pairs=tuple(pairs),
            pairs_compared=this_year * (this_year - 1) // 2 + this_year * (sum(readable) - this_year),
            pairs_alike=len(compared.pairs),
            more_pairs=len(compared.pairs) - len(pairs),
            shares={str(step): sum(100 * pair.share >= step for pair in compared.pairs) for step in _STEPS},
        ),
        lines=tuple(lines),
    )


def _texts_in(folder: Path) -> Callable[[int], dict[str, str]]:
    @lru_cache(maxsize=32)
    def texts(number: int) -> dict[str, str]:
        found: dict[str, str] = json.loads(text_file(folder, number).read_text(encoding="utf-8"))
        return found

    return texts


def _files(passage: Passage, mine: ReadGroup, theirs: ReadGroup) -> tuple[CodeFile, CodeFile]:
    run = passage.runs[0]
    return mine.code.files[run.first], theirs.code.files[run.second]


def _pair(
    pair: Pair,
    sources: Sequence[SourceToCompare],
    mine: ReadGroup,
    theirs: ReadGroup,
    limits: SimilarityLimits,
) -> SimilarPair:
    passages = []
    for passage in pair.passages[: limits.passages]:
        first, second = _files(passage, mine, theirs)
        passages.append(
            SharedPassage(
                first=_place(first, shared_lines(passage, first, second=False)),
                second=_place(second, shared_lines(passage, second, second=True)),
                tokens=passage.tokens,
            )
        )
    return SimilarPair(
        first=sources[pair.first].id,
        second=sources[pair.second].id,
        share=round(pair.share, 4),
        tokens=pair.tokens,
        passages=tuple(passages),
        more_passages=len(pair.passages) - len(passages),
    )


def _place(file: CodeFile, lines: Sequence[int]) -> CodePlace:
    (from_cell, from_line), (to_cell, to_line) = file.place(lines[0]), file.place(lines[-1])
    return CodePlace(
        path=file.path, from_line=from_line, to_line=to_line, from_cell=from_cell, to_cell=to_cell
    )


def processes() -> int:
    """Return how many repositories are read at once, where nobody says."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:
        return os.cpu_count() or 1
