"""A tiny course pack of another course: other letters, no exam, no templates, no exercises."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "course.toml": 'name = "Workshop"\n',
    "x01_first/module.toml": 'id = "X1"\nslug = "first"\ntitle = "First steps"\nsession = "W1"\ncore = true\n',
    "x01_first/test_first.py": """
from grader.suite import check, work

@work("a README")
def find_work(submission):
    return submission.exists("README.md")

@check("The README greets")
def test_greets(submission):
    assert "Hello" in submission.text("README.md"), "The README does not say Hello."

@check("The README is long")
def test_long(submission):
    assert len(submission.text("README.md")) > 5000, "The README is short."
""",
}


def write_other_pack(root: Path) -> Path:
    """Write the pack, one module `X1` of session `W1`, and return its folder."""
    for name, text in FILES.items():
        path = root / "checks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
