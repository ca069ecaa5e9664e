"""Whether a text is a query of Prometheus: its words stand where PromQL has them, whatever they give."""

# Tables of names read best as words.
# ruff: noqa: SIM905

import re

_TOKEN = re.compile(
    r"\s+|#[^\n]*|(?P<text>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|(?P<window>\[[\w\s:]{1,60}\])"
    r"|(?P<number>0[xX][0-9a-fA-F]+|(?:\d+(?:ms|[smhdwy]))+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.])"
    r"|(?P<name>[A-Za-z_:][\w:.]*)|(?P<mark>=~|!~|[=!<>]=|[-+*/%^<>=(){},@])"
)
_MOST = 4_000
_AGGREGATES = frozenset(
    "sum min max avg group stddev stdvar count count_values bottomk topk quantile limitk limit_ratio".split()
)
_FUNCTIONS = frozenset(
    "abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp clamp_max clamp_min cos cosh "
    "count_over_time day_of_month day_of_week day_of_year days_in_month deg delta deriv double_exponential_smoothing exp floor "
    "histogram_avg histogram_count histogram_fraction histogram_quantile histogram_stddev histogram_stdvar histogram_sum "
    "holt_winters hour idelta increase info irate label_join label_replace last_over_time ln log10 log2 mad_over_time "
    "max_over_time min_over_time minute month pi predict_linear present_over_time quantile_over_time rad rate resets round "
    "scalar sgn sin sinh sort sort_by_label sort_by_label_desc sort_desc sqrt stddev_over_time stdvar_over_time sum_over_time "
    "tan tanh time timestamp ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time vector year".split()
)
_OPERATORS = frozenset("and or unless atan2 + - * / % ^ == != > < >= <=".split())
_KEYWORDS = frozenset("and or unless atan2 by without on ignoring group_left group_right bool offset".split())
_LABELS = re.compile(r"(?:[A-Za-z_]\w*,)*(?:[A-Za-z_]\w*)?")


def is_query(text):
    """Whether the words of a text stand where those of a query do. Linear in its length."""
    tokens = _tokens(text)
    return bool(tokens) and _Reader(tokens).reads()


def _tokens(text):
    """Kinds and texts, or an empty list where something is no word of a query."""
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or len(text) > _MOST:
            return []
        at = match.end()
        if match.lastgroup:
            found.append((match.lastgroup, match[0]))
    return found


class _Reader:
    """Goes through the words once, and knows whether a value or what stands between values comes next."""

    def __init__(self, tokens):
        # An end, so that there is always a next one.
        self.tokens, self.at, self.open = [*tokens, ("end", "")], 0, []

    def reads(self):
        """Whether all words are where they may be."""
        try:
            wants = True
            while self.kind != "end":
                wants = self.value() if wants else self.between()
        except ValueError:
            return False
        return not wants and not self.open

    @property
    def kind(self):
        return self.tokens[self.at][0]

    @property
    def next(self):
        return self.tokens[self.at][1] if self.kind != "text" else ""

    def take(self, *wanted):
        if self.next not in wanted:
            return ""
        self.at += 1
        return self.tokens[self.at - 1][1]

    def need(self, right):
        if not right:
            raise ValueError(self.next)

    def skip(self):
        self.at += 1
        return self.tokens[self.at - 1][1]

    def names(self):
        """Names of labels in parentheses."""
        self.need(self.take("("))
        start = self.at
        while self.kind == "name" or self.next == ",":
            self.at += 1
        listed = "".join(text for _, text in self.tokens[start : self.at])
        self.need(_LABELS.fullmatch(listed) and self.take(")"))

    def value(self):
        """A value, or what stands before it; whether one is still wanted."""
        if self.take("+", "-"):
            return True
        if self.take("("):
            self.open.append("(")
            return True
        if self.next == ")" and self.open[-1:] == ["call"] and self.tokens[self.at - 1][1] == "(":
            self.at += 1
            self.open.pop()
            return False
        if self.kind in ("number", "text"):
            self.at += 1
            return False
        return self.named()

    def named(self):
        """A selector, or the beginning of a call; whether a value is wanted behind it."""
        name = self.skip() if self.kind == "name" else ""
        grouped = name in _AGGREGATES and self.take("by", "without")
        if grouped:
            self.names()
        if name and (grouped or self.next == "("):
            self.need(name in _AGGREGATES | _FUNCTIONS and self.take("("))
            self.open.append("sum" if name in _AGGREGATES else "call")
            return True
        self.need(name not in _KEYWORDS and (name or self.next == "{"))
        if self.take("{"):
            while not self.take("}"):
                self.need(self.kind in ("name", "text"))
                self.at += 1
                if self.take("=", "!=", "=~", "!~"):
                    self.need(self.kind == "text")
                    self.at += 1
                self.need(self.next == "}" or self.take(","))
        return False

    def between(self):
        """What stands behind a value; whether another one is wanted then."""
        if self.kind == "window":
            self.at += 1
        elif self.take("offset"):
            self.take("-", "+")
            self.need(self.kind == "number" and self.skip())
        elif self.take("@"):
            self.need(self.kind in ("number", "name") and self.skip())
            self.need(not self.take("(") or self.take(")"))
        elif self.take(")"):
            self.need(self.open)
            if self.open.pop() == "sum" and self.take("by", "without"):
                self.names()
        elif self.next == ",":
            self.need(self.open[-1:] in (["call"], ["sum"]) and self.skip())
            return True
        else:
            self.need(self.next in _OPERATORS and self.skip())
            self.take("bool")
            if self.take("on", "ignoring"):
                self.names()
                if self.take("group_left", "group_right") and self.next == "(":
                    self.grouped_by()
            return True
        return False

    def grouped_by(self):
        """Labels of `group_left`; without any, a parenthesis begins the value."""
        before = self.at
        try:
            self.names()
        except ValueError:
            self.at = before
