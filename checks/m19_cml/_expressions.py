"""M19: what GitHub's expressions come to in a run whose event, secrets and earlier steps are all known."""

import re

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|(?P<name>[A-Za-z_][\w.-]*)"
    r"|(?P<sign>&&|\|\||==|!=|[!(),\[\]]))"
)
_INSIDE = re.compile(r"\$\{\{(.{0,1000}?)\}\}", re.DOTALL)
_OF_THE_RUN = re.compile(r"\b(?:success|always|failure|cancelled)\(")
_LONGEST, _DEEPEST = 2_000, 40


def holds(condition, context, *, failed):
    """Whether an `if` lets something run, behind what failed or did not: without a word about that, only where all went well."""
    text = condition.strip()
    whole = re.fullmatch(r"\$\{\{(.*)\}\}", text, re.DOTALL)
    if whole and "${{" not in whole[1]:
        text = whole[1]
    elif "${{" in text:
        # A text with an expression in it is a text, and true.
        return not failed
    if failed and not _OF_THE_RUN.search(text):
        return False
    return not text.strip() or _is_true(_value_of(text, context, failed))


def filled(text, context, *, failed=False):
    """A text with the values of its expressions; what is not known is empty."""
    return _INSIDE.sub(lambda found: _shown(_value_of(found[1], context, failed)), text)


def _shown(value):
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int) else f"{value:g}" if isinstance(value, float) else ""


def _is_true(value):
    return value not in (None, False, "", 0)


def _value_of(text, context, failed):
    try:
        return _Expression(text[:_LONGEST], context, failed).value()
    except (ValueError, IndexError):
        return None


class _Expression:
    """A reader of one expression."""

    def __init__(self, text, context, failed):
        self.context, self.failed, self.depth = context, failed, 0
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
            other = self.both()
            found = found if _is_true(found) else other
        return found

    def both(self):
        found = self.compared()
        while self.takes("&&"):
            other = self.compared()
            found = other if _is_true(found) else found
        return found

    def compared(self):
        found = self.single()
        while sign := self.takes("==", "!="):
            same = _shown(found).lower() == _shown(self.single()).lower()
            found = same if sign == "==" else not same
        return found

    def single(self):
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ValueError("too deep")
        if self.takes("!"):
            return not _is_true(self.single())
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
                return self.called(word.lower()) if self.takes("(") else self.named(word)
        raise ValueError(word)

    def named(self, name):
        if name in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[name]
        found = _below(self.context, name.split("."))
        while self.takes("["):
            found = _below(found, [_shown(self.either())])
            if not self.takes("]"):
                raise ValueError("no end")
        return found

    def called(self, name):
        given = []
        while not self.takes(")"):
            given.append(_shown(self.either()))
            self.takes(",")
        of_the_run = {"success": not self.failed, "always": True, "failure": self.failed, "cancelled": False}
        if name in of_the_run and not given:
            return of_the_run[name]
        first, second = (one.lower() for one in given[:2])
        known = {
            "contains": second in first,
            "startswith": first.startswith(second),
            "endswith": first.endswith(second),
        }
        return known.get(name)


def _below(found, keys):
    """What lies below a path of names, whose letters may be large or small."""
    for key in keys:
        if not isinstance(found, dict):
            return None
        found = next((value for name, value in found.items() if str(name).lower() == key.lower()), None)
    return found
