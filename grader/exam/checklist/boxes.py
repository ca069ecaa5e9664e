"""Which box of the course each line of the students' checklist is: by its text, never by its position alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from grader.exam.checklist.course_boxes import ChecklistBox
from grader.exam.checklist.ticks import BoxLine
from grader.suite.module_ids import letters_of

_LABEL_CHARACTERS = 300
#: How much of a label's text a line must share to be that box: typing mistakes yes, another box no.
_ALIKE = 0.7
#: Between neighbours that are known, and where as many lines as boxes are left, this much will do.
_ALIKE_IN_PLACE = 0.35
#: A line this close to one label holds no other.
_SAME = 0.95
#: A list elsewhere with fewer than this share of the course's boxes is no copy of the checklist.
_ENOUGH = 0.2
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Tick:
    """What the students say of a box, and where: `path` is empty for the report itself, lines count from 1."""

    ticked: bool
    path: str = ""
    line: int = 0


@dataclass(frozen=True)
class Checklist:
    """A list of boxes in a file other than the report."""

    path: str
    boxes: tuple[BoxLine, ...]


@dataclass(frozen=True)
class _Line:
    """A line of the students' list; `label` is its text without the modules in the first brackets, and what follows them."""

    text: str
    label: str
    modules: frozenset[str]
    ticked: bool
    line: int


@dataclass(frozen=True)
class _Label:
    position: int
    name: str
    text: str
    words: tuple[str, ...]
    bag: Counter[str]
    modules: frozenset[str]


def match_boxes(lines: Sequence[BoxLine], boxes: Sequence[ChecklistBox]) -> dict[str, bool]:
    """Return which box each line is: box id → ticked; boxes without a line are absent.

    Two lines may match one box: the one closer to its wording decides, and of two alike a ticked one. A line
    that holds the labels of several boxes stands for each. A line in other words is a box where its
    neighbours leave no other choice.
    """
    return {name: tick.ticked for name, tick in _ticks(lines, boxes, "").items()}


def claimed(
    own: Sequence[BoxLine], others: Sequence[Checklist], boxes: Sequence[ChecklistBox]
) -> Mapping[str, Tick]:
    """Return what the students claim of each box: the report's own list first, other lists where it lacks a box.

    Args:
        own: the lines of the report's checklist.
        others: lists elsewhere, the likeliest first. One of few of the boxes is a list of something else, one
            without a tick is a copy that nobody filled in.
        boxes: the course's checklist.
    """
    found = _ticks(own, boxes, "")
    for other in others:
        more = _ticks(other.boxes, boxes, other.path)
        if len(more) >= enough_boxes(boxes) and any(tick.ticked for tick in more.values()):
            found = {**more, **found}
    return found


def enough_boxes(course: Sequence[ChecklistBox]) -> int:
    """Return how many of the course's boxes a list elsewhere has at least, if it is a copy of the checklist."""
    return max(2, int(_ENOUGH * len(course)))


def _ticks(box_lines: Sequence[BoxLine], boxes: Sequence[ChecklistBox], path: str) -> dict[str, Tick]:
    labels = [
        _Label(position, box.id, text, tuple(text.split()), Counter(text.split()), frozenset(box.modules))
        for position, box in enumerate(boxes)
        for text in map(_normal, (box.label, *box.also))
        if text
    ]
    closest: dict[str, tuple[_Label | None, float]] = {label.text: (label, 1.0) for label in reversed(labels)}
    best: dict[str, tuple[float, bool, int]] = {}
    anchors: list[int | None] = []
    named = _modules_in_brackets(boxes)
    lines = [_split(line, named) for line in box_lines]
    for line in lines:
        text = _normal(line.label)
        if text not in closest:
            closest[text] = _closest(text, labels)
        label, ratio = closest[text]
        anchors.append(label.position if label and ratio >= _ALIKE else None)
        names = {label.name: ratio} if label and ratio >= _ALIKE else {}
        rest = line.text if ratio < _SAME else line.text[len(line.label) :]
        names.update({name: 0.9 for name in _contained(rest, labels) if name not in names})
        for name, likeness in names.items():
            best[name] = max(best.get(name, (0.0, False, 0)), (likeness, line.ticked, -line.line))
    for index, label in _in_place(lines, anchors, labels, len(boxes)):
        if label.name not in best:
            best[label.name] = (_ALIKE_IN_PLACE, lines[index].ticked, -lines[index].line)
    return {name: Tick(ticked, path, -place) for name, (_, ticked, place) in best.items()}


def _modules_in_brackets(boxes: Sequence[ChecklistBox]) -> re.Pattern[str] | None:
    """Return the pattern of `(X5)` or `(X2, X6)` with the letters of the course's modules; None where no box has one."""
    letters = sorted({letters_of(module) for box in boxes for module in box.modules})
    if not letters:
        return None
    first = "|".join(map(re.escape, letters))
    more = rf"(?:\s?[+,&/]\s?(?:{first})?\s?\d{{1,3}}){{0,6}}"
    return re.compile(rf"\(\s*(?:{first})\s?\d{{1,3}}{more}\s*\)", re.I)


def _split(line: BoxLine, named: re.Pattern[str] | None) -> _Line:
    found = named.search(line.text) if named else None
    if found is None:
        return _Line(line.text, line.text, frozenset(), line.ticked, line.line)
    modules, letters = set(), ""
    for own, number in re.findall(r"([A-Za-z]*)\s?(\d+)", found[0]):
        letters = own.upper() or letters
        modules.add(f"{letters}{int(number)}")
    return _Line(line.text, line.text[: found.start()].strip(), frozenset(modules), line.ticked, line.line)


def _normal(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))[:_LABEL_CHARACTERS]


def _closest(text: str, labels: Sequence[_Label]) -> tuple[_Label | None, float]:
    """Return the label most like `text`. Shared words choose three, as comparing letters costs far more."""
    own = Counter(text.split())
    shared = [
        (2 * (own & label.bag).total() / max(1, own.total() + label.bag.total()), index)
        for index, label in enumerate(labels)
    ]
    shared.sort(key=lambda pair: (-pair[0], pair[1]))
    best: tuple[_Label | None, float] = (None, 0.0)
    for _, index in shared[:3]:
        ratio = _alike(text, labels[index].text)
        if ratio > best[1]:
            best = (labels[index], ratio)
    return best


def _alike(text: str, label: str) -> float:
    """Return how alike, 0 to 1. A line may go on after the label with names: then its beginning is compared too."""
    if text == label:
        return 1.0
    ratio = SequenceMatcher(None, text, label, autojunk=False).ratio()
    if len(text) > len(label) and len(label.split()) >= 4:
        start = SequenceMatcher(None, text[: len(label)], label, autojunk=False).ratio()
        ratio = max(ratio, start - 0.01)
    return ratio


def _contained(text: str, labels: Sequence[_Label]) -> set[str]:
    """Return the boxes whose whole label, of four words at least, stands somewhere in `text`."""
    if text.count(" ") < 3:
        return set()
    words = f" {_normal(text)} "
    return {label.name for label in labels if len(label.words) >= 4 and f" {label.text} " in words}


def _in_place(
    lines: Sequence[_Line], anchors: Sequence[int | None], labels: Sequence[_Label], count: int
) -> list[tuple[int, _Label]]:
    """Return lines in other words that their neighbours settle: as many between two known boxes as the list has there.

    Each must share a module with its box, or resemble it a little.
    """
    by_position: dict[int, list[_Label]] = {}
    for label in labels:
        by_position.setdefault(label.position, []).append(label)
    known = [(-1, -1), *((i, a) for i, a in enumerate(anchors) if a is not None), (len(lines), count)]
    found = []
    for (first, low), (last, high) in pairwise(known):
        if last - first < 2 or last - first != high - low:
            continue
        for index, position in zip(range(first + 1, last), range(low + 1, high), strict=True):
            line, choices = lines[index], by_position.get(position, [])
            text = _normal(line.label)
            if any(
                line.modules & label.modules or _alike(text, label.text) >= _ALIKE_IN_PLACE
                for label in choices
            ):
                found.append((index, choices[0]))
    return found
