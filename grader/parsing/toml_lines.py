"""The lines on which tables and keys of a TOML text stand, which tomllib does not tell: for messages to whoever wrote it."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.parsing.toml_cost import TOKEN


@dataclass(kw_only=True)
class TableLines:
    """Where a table begins, and where its keys are; lines are 1-based."""

    line: int
    keys: dict[str, int] = field(default_factory=dict)


def array_lines(text: str, name: str) -> list[TableLines]:
    """Return the lines of each `[[name]]` of a valid TOML text, in order; an array that is written inline has none."""
    found: list[TableLines] = []
    current: TableLines | None = None
    words: list[str] = []
    depth, line, at = 0, 1, 0
    for match in TOKEN.finditer(f"{text}\n"):
        line += text.count("\n", at, match.start())
        at = match.start()
        piece = match[0]
        if piece == "\n":
            if depth == 0:
                if words[:1] == ["["]:
                    current = TableLines(line=line) if words == ["[", "[", name, "]", "]"] else None
                    found += [current] if current else []
                words.clear()
        elif piece.startswith("#"):
            continue
        elif words[:1] == ["["] or "=" not in words:
            name_or_sign = piece.strip("\"'")
            if piece != "[" and not words and current is not None:
                current.keys.setdefault(name_or_sign, line)
            words.append(name_or_sign)
        else:
            depth += (piece in "[{") - (piece in "]}")
    return found
