"""What a comparison found, in words and lines that stay when the repositories are gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import grader
from grader.batch.alike.code_reader import ReadGroup, text_file
from grader.batch.alike.compared_sources import SourceToCompare
from grader.batch.alike.hidden_names import HiddenNames
from grader.parsing.plain_data import parse_json
from grader.results import CodePlace, ComparedSubmission, SharedPassage, SimilarClass, SimilarPair
from grader.settings import SimilarityLimits
from grader.similarity.class_pairs import Compared, Pair
from grader.similarity.group_code import CodeFile
from grader.similarity.passages import Passage
from grader.similarity.side_by_side import SideBySide, shared_lines, side_by_side

#: Shares of which it is said how many pairs have so much, in percent.
_STEPS = (50, 30, 20, 10, 5)


@dataclass(frozen=True, kw_only=True)
class Similarities:
    """What is alike, and the lines of each pair's passages, as many as are shown."""

    found: SimilarClass
    lines: tuple[tuple[SideBySide, ...], ...]


def told(
    sources: Sequence[SourceToCompare],
    groups: Sequence[ReadGroup],
    compared: Compared,
    names: HiddenNames,
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
            shown.append(names.beside(beside, pair.first, pair.second))
        pairs.append(_pair(pair, sources, (mine, theirs), names, limits))
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
            pairs_left=compared.not_looked_at,
            shares={str(step): sum(100 * pair.share >= step for pair in compared.pairs) for step in _STEPS},
        ),
        lines=tuple(lines),
    )


def _texts_in(folder: Path) -> Callable[[int], dict[str, str]]:
    @lru_cache(maxsize=32)
    def texts(number: int) -> dict[str, str]:
        found: dict[str, str] = parse_json(text_file(folder, number).read_bytes())
        return found

    return texts


def _files(passage: Passage, mine: ReadGroup, theirs: ReadGroup) -> tuple[CodeFile, CodeFile]:
    run = passage.runs[0]
    return mine.code.files[run.first], theirs.code.files[run.second]


def _pair(
    pair: Pair,
    sources: Sequence[SourceToCompare],
    groups: tuple[ReadGroup, ReadGroup],
    names: HiddenNames,
    limits: SimilarityLimits,
) -> SimilarPair:
    mine_first, theirs_first = names.of(pair.first, pair.second), names.of(pair.second, pair.first)
    passages = []
    for passage in pair.passages[: limits.passages]:
        first, second = _files(passage, *groups)
        passages.append(
            SharedPassage(
                first=_place(first, shared_lines(passage, first, second=False), mine_first),
                second=_place(second, shared_lines(passage, second, second=True), theirs_first),
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


def _place(file: CodeFile, lines: Sequence[int], hide: Callable[[str], str]) -> CodePlace:
    (from_cell, from_line), (to_cell, to_line) = file.place(lines[0]), file.place(lines[-1])
    return CodePlace(
        path=hide(file.path), from_line=from_line, to_line=to_line, from_cell=from_cell, to_cell=to_cell
    )
