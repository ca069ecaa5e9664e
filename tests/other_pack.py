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

#: An exam of three tasks and three boxes, in words, places and numbers of its own.
EXAM = {
    "report.toml": 'path = "answers/log.md"\naccounts = ["the-workshop"]\n[asks]\ncoverage = [2]\n',
    "exam/first.toml": """
id = "first"
since = 2026-02-01
boxes = 3
sections = ["All"]
[wording]
question = "Task"
answer = "Solution:"
placeholder = "task {number} goes here"
"""
    + "".join(
        f'[[question]]\nnumber = {n}\nsection = "All"\ntopic = "{topic}"\n'
        for n, topic in enumerate(("who", "trial runs", "link"), 1)
    ),
    "checklist.toml": "".join(
        f'[[box]]\nid = "b{n}"\nlabel = "{label}"\nmodules = ["X1"]\n'
        for n, label in enumerate(("Greet the reader", "Write much about it", "Read it aloud to others"), 1)
    ),
}


def write_other_pack(root: Path, *, exam: bool = False) -> Path:
    """Write the pack, one module `X1` of session `W1`, and return its folder; with its `EXAM`, if it has one."""
    files = {f"checks/{name}": text for name, text in FILES.items()}
    files |= {f"reports/{name}": text for name, text in EXAM.items()} if exam else {}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
