"""Whatever stands in `overrides.toml`: each entry is there, or the file is refused in words."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.review import parse_overrides

KEYS = (
    "group",
    "check",
    "question",
    "box",
    "statement",
    "seen",
    "verdict",
    "points",
    "comment",
    "by",
    "date",
    "reason",
)
VALUES = ('"x"', '""', "3", "-1.5", "nan", "true", "2026-01-24", "[]", "{}", '"passed"', '"supported"', '"partial"', "'''\n[[override]]\n'''")  # fmt: skip
WHOLE = {
    "group": '"g"',
    "check": '"M1.x"',
    "verdict": '"passed"',
    "by": '"x"',
    "date": "2026-01-24",
    "reason": '"y"',
}


@given(
    st.lists(
        st.dictionaries(st.sampled_from((*KEYS, "other")), st.sampled_from(VALUES), max_size=4), max_size=4
    ),
    st.sampled_from(["", "other = 1\n", "# a comment\n", "override = 1\n"]),
)
def test_no_entry_is_lost(changes: list[dict[str, str]], head: str) -> None:
    entries = [{**WHOLE, "seen": f'"{number}"', **change} for number, change in enumerate(changes)]
    blocks = [
        "\n".join(["[[override]]", *(f"{key} = {value}" for key, value in one.items())]) for one in entries
    ]
    text = head + "\n\n".join(blocks) + "\n"
    try:
        found = parse_overrides(text, name="overrides.toml")
    except UsageError as problem:
        refused = str(problem)
    else:
        refused = ""
    if refused:
        assert "Nothing was applied." in refused
        return
    tables = tomllib.loads(text).get("override", [])
    assert [one.seen for one in found.entries] == [table["seen"].strip() for table in tables]
    lines = text.split("\n")
    assert all(lines[one.line - 1] == "[[override]]" for one in found.entries)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    refused = ""
    try:
        parse_overrides(text, name="overrides.toml")
    except UsageError as problem:
        refused = str(problem)
    assert not refused or refused.startswith("overrides.toml: ")
