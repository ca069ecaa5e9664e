"""Whatever a group writes: a copy with other names is found, and nothing of it where it was handed out."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st

from grader.repository.files import Files
from grader.similarity.class_pairs import compare_all
from grader.similarity.group_code import HandedOut, grams_of
from tests.similar_sample import group, write

_NAMES = ("alpha", "beta", "gamma", "delta", "omega")
_OTHERS = ("uno", "due", "tre", "quattro", "cinque")
_LINES = (
    "{0} = {1}.{lib}({2}, {n})",
    "{0} += {1}[{n}] * {2} - {3}",
    "if {0} > {n} and not {1}:\n        return {2}",
    "for {3} in range({n}):\n        {0}.append({3} ** 2)",
    "{0} = [{1} for {1} in {2} if {1} != '{text}']",
    "with open('{text}') as {3}:\n        {0} = {3}.{lib}()",
    "{0}, {1} = {1}, {2} or {n}",
    "assert isinstance({0}, dict), f'{{{1}}}'",
    "{2} = lambda {3}: {3}.{lib} % {n}",
)
_line = st.tuples(
    st.sampled_from(_LINES),
    st.permutations(range(len(_NAMES))),
    st.sampled_from(("load", "mean", "reshape", "split", "items")),
    st.integers(0, 99),
    st.sampled_from(("train", "test", "labels")),
)
_functions = st.lists(st.lists(_line, min_size=8, max_size=14), min_size=1, max_size=4)


def program(
    functions: list[list[tuple[str, list[int], str, int, str]]], names: tuple[str, ...], comment: str
) -> str:
    """Return the functions under names, each with a comment."""
    texts = []
    for number, body in enumerate(functions):
        lines = [
            line.format(*(names[index] for index in order), lib=lib, n=n, text=text)
            for line, order, lib, n, text in body
        ]
        texts.append(
            f"def {names[0]}_{number}({', '.join(names)}):  # {comment}\n    " + "\n    ".join(lines) + "\n"
        )
    return "\n\n".join(texts)


@given(_functions)
def test_a_renamed_copy_is_found_and_a_template_is_not(
    functions: list[list[tuple[str, list[int], str, int, str]]],
) -> None:
    code, copy = program(functions, _NAMES, "mine"), program(functions[::-1], _OTHERS, "all my own work")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        mine = group(folder / "a", m=code)
        # Lines that repeat are a list, and say nothing.
        assume(mine.own_tokens == mine.tokens)
        found = compare_all([mine, group(folder / "b", n=copy)])
        assert [(pair.first, pair.second) for pair in found.pairs] == [(0, 1)]
        assert found.pairs[0].tokens >= 0.8 * found.tokens[0]
        write(folder / "template", t=code)
        course = HandedOut(grams=grams_of([Files(folder / "template")]))
        assert not compare_all([group(folder / name, course, m=copy) for name in ("c", "d")]).pairs
