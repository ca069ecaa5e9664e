"""M11: what weights and logs of runs say when they are compared. Each is what the students' process told, and may be anything."""

import math
import re

from grader.suite import StudentFault

_STAMP = re.compile(r"\[[^\]\n]*\]|\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d(?:[.,]\d+)?")
_NUMBER = re.compile(r"(?<![\w.])-?\d+\.?\d*(?:[eE][-+]?\d+)?")
_CLOSE = 1e-6
#: How like two ways are that differ in the learning rate alone, while it is small; how much longer the second is.
_ALIKE, _TWICE = 0.9, (1.5, 2.6)


def reply(told):
    """What a run left, if it has the form that it has to have; raises StudentFault if not."""
    if not isinstance(told, dict):
        raise StudentFault("reply", "What the script left cannot be read.")
    parts = {name: told.get(name) for name in ("weights", "saved", "logs")}
    sound = all(isinstance(one, dict) for one in parts.values()) and all(
        isinstance(one, dict) and isinstance(one.get("files"), list) and isinstance(one.get("choices"), dict)
        for one in parts["saved"].values()
    )
    if not sound or not all(_is_weights(one) for one in parts["weights"].values()):
        raise StudentFault("reply", "What the script left cannot be read.")
    logs = {str(path): str(text) for path, text in parts["logs"].items()}
    return {**parts, "logs": logs, "output": str(told.get("output", ""))}


def _is_weights(value):
    return isinstance(value, list) and all(
        isinstance(one, dict)
        and isinstance(one.get("shape"), list)
        and isinstance(one.get("values"), list)
        and all(type(number) in (int, float) for number in [*one["shape"], *one["values"]])
        for one in value
    )


def matrices(run):
    """The weights that a run left: those of the file that has most of them."""
    found = [weights for _, weights in sorted(run["weights"].items())]
    return max(found, key=len, default=[])


def same(one, other):
    """Whether two lists of weights are the same, as far as floats of 32 bits tell."""
    return (
        bool(one)
        and len(one) == len(other)
        and all(
            a["shape"] == b["shape"]
            and len(a["values"]) == len(b["values"])
            and all(_near(x, y) for x, y in zip(a["values"], b["values"], strict=True))
            for a, b in zip(one, other, strict=True)
        )
    )


def _near(one, other):
    return one == other or abs(one - other) <= _CLOSE * max(abs(one), abs(other), 1e-3)


def moved(run, other):
    """Whether both runs left weights, and others."""
    one, two = matrices(run), matrices(other)
    return bool(one) and bool(two) and not same(one, two)


def learned(still, once, twice):
    """Whether weights move one way, and twice as far with twice the learning rate, as steps of training take them."""
    ways = []
    for start, near, far in zip(*map(matrices, (still, once, twice)), strict=False):
        if not start["shape"] == near["shape"] == far["shape"]:
            continue
        began = start["values"][:-1]
        one = [b - a for a, b in zip(began, near["values"][:-1], strict=False)]
        two = [b - a for a, b in zip(began, far["values"][:-1], strict=False)]
        lengths = math.hypot(*one), math.hypot(*two)
        if all(lengths):
            alike = sum(a * b for a, b in zip(one, two, strict=False)) / (lengths[0] * lengths[1])
            ways.append(alike > _ALIKE and _TWICE[0] < lengths[1] / lengths[0] < _TWICE[1])
    # A checkpoint may hold more than weights.
    return bool(ways) and 2 * sum(ways) >= len(ways)


def sizes(run):
    """The sizes that the weights of a run have in any direction."""
    return {size for one in matrices(run) for size in one["shape"]}


def log_problem(run, longer, other):
    """What is wrong with the logs of a run, one with more epochs and one with another seed; empty if nothing is."""
    logs = [_lines(one) for one in (run, longer, other)]
    if not all(logs):
        return "The run leaves no log (.log) with a line in it."
    if len(logs[1]) <= len(logs[0]):
        return f"The log of a run with more epochs has no more lines: {len(logs[1])}."
    if not any(_NUMBER.findall(line) for line in logs[0]) or logs[0] == logs[2]:
        return "The log says the same, whatever is trained: it does not tell the loss."
    return ""


def _lines(run):
    """The lines of a run's longest log, without times."""
    texts = [_STAMP.sub("", text).strip() for text in run["logs"].values()]
    longest = max(texts, key=len, default="")
    return [line.strip() for line in longest.splitlines() if line.strip()]
