"""Globs mean what a plain translation means, and take no longer for a hostile one."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from grader.repository.globs import matches
from tests.cpu import ends_within

GLOBS = st.lists(
    st.sampled_from(["a", "b", "*", "**", "/", "?", "[ab]", "[!a]", "**/", "/**/", "."]),
    min_size=1,
    max_size=8,
).map("".join)
PATHS = st.lists(st.text("ab.", min_size=1, max_size=4), min_size=1, max_size=5).map("/".join)


def plainly(path: str, glob: str) -> bool:
    """The translation as it reads, with all the backtracking that it may take."""
    segments = glob.strip("/").split("/")
    parts = []
    for number, segment in enumerate(segments):
        last = number == len(segments) - 1
        if segment == "**":
            parts.append(".+" if last else "(?:[^/]+/)*")
        else:
            name = re.sub(
                r"\*", "[^/]*", segment.replace(".", r"\.").replace("?", "[^/]").replace("[!", "[^/")
            )
            parts.append(name + ("" if last else "/"))
    return re.fullmatch("".join(parts), path, re.DOTALL) is not None


@given(path=PATHS, glob=GLOBS)
def test_a_glob_means_its_plain_translation(path: str, glob: str) -> None:
    assert matches(path, glob) == plainly(path, glob)


def test_a_hostile_glob_takes_no_longer() -> None:
    def ask() -> None:
        assert not matches("a" * 250, "*a" * 60 + "b")
        assert not matches("/".join(["a"] * 60), "**/a/" * 30 + "b")

    ends_within(2, ask)
