"""The project checklist as the students ticked it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from pydantic import BaseModel, ConfigDict

from grader.exam.edition import ChecklistBox

#: More lines than a checklist can have; what is beyond is not read.
_MAX_LINES = 300
_LINE_CHARACTERS = 500
_LABEL_CHARACTERS = 300
#: How much of a label's text a line must share to be that box: typing mistakes yes, another box no.
_ALIKE = 0.7
#: A box that goes on over more lines than this is not one.
_MORE_LINES = 4

_BOX = re.compile(
    r"[ \t]{0,12}(?:[-*+][ \t]*)?(?:[\w./ ,]{0,20}[ \t])?"
    r"\[(?P<mark>[^\]\[]{0,6})\](?!\()[ \t]*(?P<text>\S.*)"
)
_SIGN = re.compile(r"[ \t]{0,12}[-*+][ \t]*(?P<mark>[✅☑✔✓🗹❌✗✘☐⬜🔲])\ufe0f?[ \t]*(?P<text>\S.*)")
_MODULES = re.compile(r"\(\s*M\s?\d{1,2}(?:\s?[+,&/]\s?M?\s?\d{1,2}){0,6}\s*\).*$", re.I)
_NEW_ITEM = re.compile(r"[ \t]{0,12}(?:[-*+][ \t]|#|>|\d{1,3}[.)][ \t])")
_WORD = re.compile(r"[^\W_]+")

_TICKED = {"x", "✅", "☑", "✔", "✓", "🗹", "v", "y", "yes", "ok", "done", "100%"}


class BoxLine(BaseModel):
    """A line of the students' checklist: its text without the module, and whether it is ticked."""

    model_config = ConfigDict(frozen=True)

    text: str
    ticked: bool


def box_lines(lines: Sequence[str]) -> tuple[BoxLine, ...]:
    """Every line of `lines` that looks like a checkbox, with the indented lines that go on below it."""
    found = []
    for index, line in enumerate(lines):
        if "[" not in line[:60] and not _SIGN.match(line[:60]):
            continue
        match = _BOX.match(line[:_LINE_CHARACTERS]) or _SIGN.match(line[:_LINE_CHARACTERS])
        if match is None:
            continue
        text = " ".join([match["text"], *_continued(lines[index + 1 : index + 1 + _MORE_LINES])])
        mark = match["mark"].strip().strip("\ufe0f").casefold()
        found.append(BoxLine(text=_MODULES.sub("", text[:_LINE_CHARACTERS]).strip(), ticked=mark in _TICKED))
        if len(found) == _MAX_LINES:
            break
    return tuple(found)


def match_boxes(lines: Sequence[BoxLine], boxes: Sequence[ChecklistBox]) -> dict[str, bool]:
    """Which box each line is, by its text and not its position: box id → ticked; unmatched boxes are absent.

    Two lines may match one box: the one closer to its wording decides, and of two alike a ticked one.
    """
    labels = [(box.id, _normal(text)) for box in boxes for text in (box.label, *box.also)]
    bags = [(name, label, Counter(label.split())) for name, label in labels]
    best: dict[str, tuple[float, bool]] = {}
    for line in lines:
        text = _normal(line.text)
        name, ratio = _closest(text, bags)
        if ratio >= _ALIKE:
            best[name] = max(best.get(name, (0.0, False)), (ratio, line.ticked))
    return {name: ticked for name, (_, ticked) in best.items()}


def _continued(lines: Sequence[str]) -> list[str]:
    more = []
    for line in lines:
        if not line.strip() or not line[0].isspace() or _NEW_ITEM.match(line[:60]) or _BOX.match(line[:60]):
            break
        more.append(line[:_LINE_CHARACTERS].strip())
    return more


def _normal(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))[:_LABEL_CHARACTERS]


def _closest(text: str, labels: Sequence[tuple[str, str, Counter[str]]]) -> tuple[str, float]:
    """The label most like `text`. Shared words choose three, as comparing letters costs far more."""
    own = Counter(text.split())
    shared = [
        (2 * (own & bag).total() / max(1, own.total() + bag.total()), index)
        for index, (_, _, bag) in enumerate(labels)
    ]
    shared.sort(key=lambda pair: (-pair[0], pair[1]))
    ratios = [(_alike(text, labels[index][1]), labels[index][0]) for _, index in shared[:3]]
    ratio, name = max(ratios, key=lambda pair: pair[0], default=(0.0, ""))
    return name, ratio


def _alike(text: str, label: str) -> float:
    """How alike, 0 to 1. A line may go on after the label with names: then its beginning is compared too."""
    if text == label:
        return 1.0
    ratio = SequenceMatcher(None, text, label, autojunk=False).ratio()
    if len(text) > len(label) and len(label.split()) >= 4:
        start = SequenceMatcher(None, text[: len(label)], label, autojunk=False).ratio()
        ratio = max(ratio, start - 0.01)
    return ratio
