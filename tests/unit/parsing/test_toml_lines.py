"""Where tables and keys of a TOML text stand, whatever is written around them."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from grader.parsing.toml_lines import array_lines

VALUES = (
    '"text"', "'it''s'".replace("''", ""), "3", "2026-01-24", "[1, 2]", "[\n  1, # one\n  2,\n]", '{ a = "]" }',
    '"""\n[[override]]\ngroup = 1\n"""', "'''\n[[override]]\n'''", '"# no comment = 1"', "[[1], [2]]", '"[[override]]"',
)  # fmt: skip
BETWEEN = ("", "# [[override]]", "  # group = 3", "\t")
HEADERS = ("[[override]]", "[[ override ]]", '[["override"]]', "[[override]] # the next one")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(HEADERS),
            st.lists(st.tuples(st.sampled_from(VALUES), st.sampled_from(BETWEEN)), max_size=5),
        ),
        max_size=4,
    ),
    st.sampled_from(["\n", "\r\n"]),
)
def test_lines_are_those_of_an_editor(tables: list[tuple[str, list[tuple[str, str]]]], newline: str) -> None:
    lines: list[str] = []
    expected: list[tuple[int, dict[str, int]]] = []
    for header, entries in tables:
        lines.append(header)
        at = len(lines)
        keys = {}
        for number, (value, between) in enumerate(entries):
            if between:
                lines.append(between)
            keys[f"key-{number}"] = len(lines) + 1
            lines += f"key-{number} = {value}".split("\n")
        expected.append((at, keys))
    text = newline.join([*lines, ""])
    assert len(tomllib.loads(text.replace("\r\n", "\n")).get("override", [])) == len(tables)
    found = [(one.line, one.keys) for one in array_lines(text, "override")]
    assert found == expected


def test_other_tables_are_none_of_them() -> None:
    text = "[other]\nkey = 1\n[[override]]\ngroup = 1\n[override.inner]\nseen = 1\n[[overrides]]\nby = 2\n"
    (found,) = array_lines(text, "override")
    assert (found.line, found.keys) == (3, {"group": 4})
