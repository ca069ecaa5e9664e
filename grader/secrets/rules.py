"""Find secrets in a text, and redact them.

Each rule of the table searches a bounded window around a fixed word, so that the time is linear in the text for any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.secrets.shapes import Span
from grader.secrets.table import RULES, Rule

#: Maximum number of places of fixed words that are searched in a text.
MAX_PLACES = 20_000


def spans(text: str, *, binary: bool = False, most: int = MAX_PLACES) -> Iterator[tuple[Rule, int, int]]:
    """Yield rule, start and end of every secret in `text`, placeholders excluded; at most `most` places are searched."""
    for rule in RULES:
        if binary and rule.textual:
            continue
        found: set[Span] = set()
        for word in rule.words:
            at = text.find(word)
            while at != -1 and most:
                found.update(rule.find(text, at))
                at, most = text.find(word, at + len(word)), most - 1
        for start, end in sorted(found):
            if rule.proven or not is_placeholder(text[start:end]):
                yield rule, start, end


def redacted(text: str) -> str:
    """Return `text` with every secret replaced by the name of its kind."""
    out, last = [], 0
    for start, end, rule in sorted((start, end, rule.name) for rule, start, end in spans(text)):
        if start >= last:
            out += [text[last:start], f"[removed: {rule}]"]
        last = max(last, end)
    return "".join([*out, text[last:]]) if out else text


_PLACEHOLDER = re.compile(
    r"example|sample|placeholder|your|xxxx|\*\*\*|\.\.\.|…|fake|dummy|changeme|change_me|insert|replace|redacted|<|\$\{|\{\{"
    r"|12345678|abcdefgh|01234567|98765432|deadbeef|(.)\1{5}",
    re.IGNORECASE,
)


def is_placeholder(secret: str) -> bool:
    """Return whether a text is a placeholder for a secret: `hf_xxxx…`, `…EXAMPLE`, a run of digits."""
    head = secret[:200]
    return _PLACEHOLDER.search(head) is not None or len(set(head)) < min(8, len(head) // 2)
