"""Queries of Prometheus, as far as alerts use them, evaluated on series that rise evenly: whether an alert fires."""

import math
import operator
import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:#[^\n]*|(?P<text>\"[^\"\\]*\"|'[^'\\]*')|(?P<window>\[[^\]]{1,40}\])|(?P<name>[A-Za-z_:][\w:.]*)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?P<unit>ms|[smhdwy])?|(?P<mark>=~|!~|[=!<>]=|[-+*/%^<>=(){},@]))\s*"
)
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}
_COMPARES = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}
_ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": math.fmod}
#: From the weakest to the strongest.
_LEVELS = (("or",), ("and", "unless"), tuple(_COMPARES), ("+", "-"), ("*", "/", "%"))
_AGGREGATES = {"sum": sum, "min": min, "max": max, "count": len, "avg": lambda found: sum(found) / len(found)}
_EACH = {
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "round": round,
    "sort": float,
    "sort_desc": float,
}
_RISE_A_SECOND = ("rate", "irate", "deriv", "idelta")
_RISE = ("increase", "delta")
_OVER_TIME = ("avg_over_time", "max_over_time", "min_over_time", "last_over_time")
_PLAIN = re.compile(r"[\w./|-]*")
MOST_TOKENS = 300
_MOST_DEPTH = 20


class Unknown(ValueError):
    """A query that is none, or one of which only a server knows what it gives."""


@dataclass(frozen=True)
class Series:
    """A sample of a page: what it is now, how much it rises in a second, and over what time a query looks at it."""

    name: str
    labels: dict
    value: float
    rise: float
    window: float = 0


def fires(query, series):
    """Whether an alert on these series fires. Raises Unknown where that cannot be told."""
    try:
        found = _Query(query, series).result()
    except (OverflowError, RecursionError, ValueError) as problem:
        raise Unknown(str(problem)) from problem
    if isinstance(found, float):
        raise Unknown("a number is no condition")
    return bool(found)


class _Query:
    """Reads and evaluates at once. A value is a number, or a list of pairs of labels and a number (a `Series` with a window)."""

    def __init__(self, query, series):
        self.tokens, self.at, self.depth, self.series = _tokens(query), 0, 0, series

    def result(self):
        found = self.binary(0)
        if self.at < len(self.tokens):
            raise Unknown(self.tokens[self.at][1])
        return found

    def peek(self):
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, *wanted):
        """The next token, if it is one of these."""
        if self.peek() in wanted:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def need(self, wanted):
        if not self.take(wanted):
            raise Unknown(f"{wanted} was expected")

    def binary(self, level):
        if level == len(_LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while sign := self.take(*_LEVELS[level]):
            as_number = bool(self.take("bool"))
            if self.peek() in ("on", "ignoring"):
                raise Unknown("labels to match on")
            left = _combined(sign, left, self.binary(level + 1), as_number)
        return left

    def unary(self):
        self.depth += 1
        if self.depth > _MOST_DEPTH:
            raise Unknown("too many parts in each other")
        found = _each(operator.neg, self.unary()) if self.take("-") else self.primary()
        self.depth -= 1
        return found

    def primary(self):
        if self.at == len(self.tokens):
            raise Unknown("the end")
        kind, text = self.tokens[self.at]
        self.at += 1
        if text == "(":
            found = self.binary(0)
            self.need(")")
            return found
        if kind == "number":
            return float(text)
        if kind == "name" and self.peek() in ("(", "by", "without"):
            return self.call(text)
        if kind == "name" or text == "{":
            self.at -= text == "{"
            return self.selected(text if kind == "name" else "")
        raise Unknown(text)

    def call(self, name):
        keeps, labels = self.grouping()
        self.need("(")
        given = []
        while not self.take(")"):
            given.append(self.binary(0))
            self.take(",")
        if not keeps:
            keeps, labels = self.grouping()
        return _called(name, given, keeps, labels)

    def grouping(self):
        """`by` or `without`, and its labels; nothing where there is neither."""
        keeps, labels = self.take("by", "without"), []
        if keeps:
            self.need("(")
            while not self.take(")"):
                labels.append(self.peek())
                self.at += 1
                if self.at >= len(self.tokens):
                    raise Unknown("the end")
        return keeps, labels

    def selected(self, name):
        matchers = []
        if self.take("{"):
            while not self.take("}"):
                label = self.peek()
                self.at += 1
                sign = self.take("=", "!=", "=~", "!~")
                if not sign or self.at == len(self.tokens) or self.tokens[self.at][0] != "text":
                    raise Unknown("labels")
                matchers.append((label, sign, self.peek()[1:-1]))
                self.at += 1
                self.take(",")
        window = 0.0
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "window":
            window = _seconds(self.peek()[1:-1])
            self.at += 1
        if self.peek() in ("offset", "@"):
            raise Unknown("another time")
        for label, sign, value in [one for one in matchers if one[0] == "__name__"]:
            name = value if sign == "=" else _unknown(label)
        named = [one for one in self.series if one.name == name]
        found = [one for one in named if all(_fits(one, *matcher) for matcher in matchers)]
        if window:
            return [Series(one.name, one.labels, one.value, one.rise, window) for one in found]
        return [(one.labels, one.value) for one in found]


def _tokens(query):
    found, at = [], 0
    while at < len(query):
        match = _TOKEN.match(query, at)
        if not match or match.end() == at or len(found) > MOST_TOKENS:
            raise Unknown(query[at : at + 20])
        at = match.end()
        for kind in ("text", "window", "name", "number", "mark"):
            if match[kind] is not None:
                found.append((kind, match[kind]))
        if match["unit"]:
            found[-1] = ("number", str(float(match["number"]) * _UNITS[match["unit"]]))
    return found


def _seconds(text):
    found = re.fullmatch(r"(\d{1,6})(ms|[smhdwy])", text.strip())
    return int(found[1]) * _UNITS[found[2]] if found else _unknown(text)


def _unknown(text):
    raise Unknown(text)


def _fits(one, label, sign, value):
    """Whether a series has such a label; those that a page has not are of the target, and any value may be there."""
    if label not in one.labels:
        return True
    if sign in ("=", "!="):
        return (one.labels[label] == value) == (sign == "=")
    pattern = value.replace(".*", "").replace(".+", "")
    if not _PLAIN.fullmatch(pattern) or len(value) > 100 or value.count(".*") + value.count(".+") > 2:
        raise Unknown(value)
    return bool(re.fullmatch(value, one.labels[label])) == (sign == "=~")


def _each(function, value):
    if isinstance(value, float):
        return float(function(value))
    return [(labels, float(function(number))) for labels, number in _instant(value)]


def _instant(value):
    if any(isinstance(one, Series) for one in value):
        raise Unknown("a range where a value belongs")
    return value


def _combined(sign, left, right, as_number):
    if sign in ("and", "unless", "or"):
        if isinstance(left, float) or isinstance(right, float):
            raise Unknown(sign)
        # One of each fit together, whatever the labels of their targets.
        if sign == "or":
            return left or right
        return left if bool(right) == (sign == "and") else []
    if isinstance(left, float) and isinstance(right, float):
        return _number(sign, left, right)
    found = []
    for labels, one, other in _pairs(left, right):
        if sign in _ARITHMETIC or as_number:
            found.append((labels, _number(sign, one, other)))
        elif _COMPARES[sign](one, other):
            found.append((labels, one))
    return found


def _number(sign, one, other):
    if sign in _COMPARES:
        return float(_COMPARES[sign](one, other))
    if sign in "/%" and not other:
        return math.nan if sign == "%" or not one else math.copysign(math.inf, one)
    return float(_ARITHMETIC[sign](one, other))


def _pairs(left, right):
    if isinstance(left, float):
        return [(labels, left, number) for labels, number in _instant(right)]
    if isinstance(right, float):
        return [(labels, number, right) for labels, number in _instant(left)]
    if len(left) == len(right) == 1:
        return [(left[0][0], _instant(left)[0][1], _instant(right)[0][1])]
    return [(labels, one, other) for labels, one in left for same, other in right if labels == same]


def _called(name, given, keeps, labels):
    first = given[0] if given else _unknown(name)
    if name in (*_RISE, *_RISE_A_SECOND, *_OVER_TIME):
        if isinstance(first, float) or not all(isinstance(one, Series) for one in first):
            raise Unknown(name)
        if name in _OVER_TIME:
            return [(one.labels, one.value) for one in first]
        return [(one.labels, one.rise * (one.window if name in _RISE else 1)) for one in first]
    if name == "vector" and isinstance(first, float):
        return [({}, first)]
    if isinstance(first, float):
        raise Unknown(name)
    if name in _EACH and len(given) == 1:
        return _each(_EACH[name], first)
    if name == "scalar":
        return _instant(first)[0][1] if len(first) == 1 else math.nan
    if name in ("absent", "absent_over_time"):
        return [] if first else [({}, 1.0)]
    if name not in _AGGREGATES:
        raise Unknown(name)
    groups = {}
    for had, number in _instant(first):
        kept = {one: had[one] for one in had if keeps and (one in labels) == (keeps == "by")}
        groups.setdefault(tuple(sorted(kept.items())), []).append(number)
    return [(dict(key), float(_AGGREGATES[name](found))) for key, found in groups.items()]
