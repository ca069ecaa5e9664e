"""M17: what GitHub's expressions come to, as far as a repository says: `if`, and `${{ … }}` in texts."""

import operator
import re

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|(?P<name>[A-Za-z_][\w.*-]*)"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|[!()<>,\[\]]))"
)
_INSIDE = re.compile(r"\$\{\{(.{0,1000}?)\}\}", re.DOTALL)
_LONGEST, _DEEPEST = 2_000, 40
_ORDERED = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
#: Of all that went before: in a run in which everything passes.
_OF_THE_RUN = {"success": True, "always": True, "failure": False, "cancelled": False}
_SYSTEMS = {"windows": "Windows", "macos": "macOS"}


class _Unknown:
    """What only a run on GitHub can tell."""


UNKNOWN = _Unknown()


def holds(condition, context):
    """Whether an `if` lets something run: True, False, or None where nobody can tell here."""
    text = condition.strip()
    whole = re.fullmatch(r"\$\{\{(.*)\}\}", text, re.DOTALL)
    if whole and "${{" not in whole[1]:
        text = whole[1]
    elif "${{" in text:
        # A text with an expression in it is a text, and true.
        return True
    if not text.strip():
        return True
    value = _value_of(text, context)
    return None if value is UNKNOWN else _is_true(value)


def filled(text, context):
    """A text with the values of its expressions; what is not known is empty."""
    return _INSIDE.sub(lambda found: _shown(_value_of(found[1], context)), text)


def context_of(event, branch, chosen, runs_on="", env=None):
    """The names that are known in a job: of the event, the machine and the combination of the matrix."""
    pull = event != "push"
    known = {
        "github.event_name": event,
        "github.ref": "refs/pull/1/merge" if pull else f"refs/heads/{branch}",
        "github.ref_name": "1/merge" if pull else branch,
        "github.base_ref": branch if pull else "",
        "github.head_ref": "work" if pull else "",
        "github.workspace": ".",
        "runner.os": next((name for word, name in _SYSTEMS.items() if word in runs_on), "Linux"),
    }
    known |= {f"matrix.{name}".lower(): value for name, value in chosen.items()}
    return known | {f"env.{name}".lower(): value for name, value in (env or {}).items()}


def _shown(value):
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is UNKNOWN or value is None else str(value)


def _is_true(value):
    return value not in (None, False, "", 0)


def _value_of(text, context):
    try:
        return _Expression(text[:_LONGEST], context).value()
    except (ValueError, IndexError, TypeError):
        return UNKNOWN


class _Expression:
    """A reader of one expression."""

    def __init__(self, text, context):
        self.context, self.depth = context, 0
        self.words, at = [], 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if not found:
                raise ValueError(text)
            self.words.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()

    def value(self):
        found = self.either()
        if self.words:
            raise ValueError(self.words)
        return found

    def takes(self, *signs):
        """The next word, if it is one of these signs."""
        if self.words and self.words[0][0] == "sign" and self.words[0][1] in signs:
            return self.words.pop(0)[1]
        return ""

    def either(self):
        found = self.both()
        while self.takes("||"):
            found = _either(found, self.both())
        return found

    def both(self):
        found = self.compared()
        while self.takes("&&"):
            found = _both(found, self.compared())
        return found

    def compared(self):
        found = self.single()
        while sign := self.takes("==", "!=", *_ORDERED):
            found = _compared(sign, found, self.single())
        return found

    def single(self):
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ValueError("too deep")
        if self.takes("!"):
            found = self.single()
            return found if found is UNKNOWN else not _is_true(found)
        if self.takes("("):
            found = self.either()
            if not self.takes(")"):
                raise ValueError("no end")
            return found
        kind, word = self.words.pop(0)
        match kind:
            case "text":
                return word[1:-1].replace("''", "'")
            case "number":
                return float(word)
            case "name":
                return self.called(word.lower()) if self.takes("(") else self.named(word.lower())
        raise ValueError(word)

    def named(self, name):
        if name in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[name]
        if name in self.context:
            return self.context[name]
        # Variables of a repository are not in it: who needs one to be tested is not tested.
        return "" if name.startswith(("vars.", "inputs.", "matrix.", "env.")) else UNKNOWN

    def called(self, name):
        given = []
        while not self.takes(")"):
            given.append(self.either())
            self.takes(",")
        if name in _OF_THE_RUN and not given:
            return _OF_THE_RUN[name]
        if UNKNOWN in given or len(given) < 2:
            return UNKNOWN
        first, second = (_shown(one).lower() for one in given[:2])
        known = {
            "contains": second in first,
            "startswith": first.startswith(second),
            "endswith": first.endswith(second),
        }
        return known.get(name, UNKNOWN)


def _either(left, right):
    if left is UNKNOWN:
        return right if right is not UNKNOWN and _is_true(right) else UNKNOWN
    return left if _is_true(left) else right


def _both(left, right):
    if left is UNKNOWN:
        return right if right is not UNKNOWN and not _is_true(right) else UNKNOWN
    return right if _is_true(left) else left


def _compared(sign, left, right):
    if UNKNOWN in (left, right):
        return UNKNOWN
    if sign in _ORDERED:
        return _ORDERED[sign](float(left), float(right))
    numbers = [isinstance(one, int | float) for one in (left, right)]
    if all(numbers):
        same = float(left) == float(right)
    elif any(numbers) and not isinstance(left, bool) and not isinstance(right, bool):
        same = _number(left) == _number(right)
    else:
        same = _shown(left).lower() == _shown(right).lower()
    return same if sign == "==" else not same


def _number(value):
    try:
        return float(value or 0)
    except ValueError:
        return None
