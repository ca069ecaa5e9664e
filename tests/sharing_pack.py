"""A tiny course pack whose suites share code: `_common.py` beside a suite's files, `checks/common/` for all of them."""

from __future__ import annotations

from pathlib import Path

MODULE = 'id = "M{number}"\nslug = "{slug}"\ntitle = "Sharing"\nsession = "S1"\n'

FIRST_SUITE = """
from grader.suite import check, work

from ..common.words import WORD
from ._common import has_word

@work("a README")
def find_work(submission):
    return submission.exists("README.md")

@check("The README has the word")
def test_word(submission):
    assert has_word(submission), f"The README does not say {WORD}."
"""
FIRST_COMMON = """
from ..common.words import WORD

def has_word(submission):
    return WORD in submission.text("README.md")
"""
SECOND_SUITE = """
from grader.suite import check, work

from ..common import words
from ._common import LENGTH

@work("a README")
def find_work(submission):
    return submission.exists("README.md")

@check("The README is long enough")
def test_length(submission):
    assert len(submission.text("README.md")) >= LENGTH, f"{words.WORD} is too short."
"""


def write_pack(root: Path, *, word: str = "please", length: int = 3) -> Path:
    """Write the pack: M1 and M2, each with a `test_shared.py` and a `_common.py`. Returns its folder."""
    files = {
        "common/words.py": f"WORD = {word!r}\n",
        "m01_first/module.toml": MODULE.format(number=1, slug="first"),
        "m01_first/_common.py": FIRST_COMMON,
        "m01_first/test_shared.py": FIRST_SUITE,
        "m02_second/module.toml": MODULE.format(number=2, slug="second"),
        "m02_second/_common.py": f"LENGTH = {length}\n",
        "m02_second/test_shared.py": SECOND_SUITE,
    }
    for name, text in files.items():
        path = root / "checks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
