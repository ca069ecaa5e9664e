"""A notebook of five cells and one question about it; and the question alone, for which one function is enough."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from tests.git_command import git
from tests.small_class import commit, write_pack

FUNCTION = 'def mean(values):\n    """Return the mean."""\n    return sum(values) / len(values)\n'
#: The cells of the notebook; the function is in the third.
CELLS = (
    "import math\nimport random",
    "values = [random.Random(7).gauss(0, 1) for _ in range(1000)]",
    FUNCTION.strip(),
    "deviation = math.sqrt(mean([(value - mean(values)) ** 2 for value in values]))",
    "print(round(mean(values), 3), round(deviation, 3))",
)
#: What is asked of the function, by every grader.
CASES = "mean([1, 2, 6]) == 3", "mean([-4]) == -4"

_SUITE = """
from grader.suite import check

@check("The mean is right", points=1)
def test_mean(student):
    code = {code}
    assert code.mean([1, 2, 6]).value() == 3, "The mean of 1, 2 and 6 is not 3."
"""


def cell(kind: str, text: str, **metadata: object) -> dict[str, object]:
    """Return a cell."""
    found: dict[str, object] = {
        "cell_type": kind,
        "id": f"c{sha256(text.encode()).hexdigest()[:7]}",
        "metadata": metadata,
    }
    found["source"] = text
    return found | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def write_notebook(path: Path, cells: Sequence[dict[str, object]]) -> Path:
    """Write a notebook of Python."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def whole_notebook(path: Path) -> Path:
    """Write the notebook of five cells."""
    return write_notebook(path, [cell("code", text) for text in CELLS])


def short_notebook(path: Path) -> Path:
    """Write a notebook of one cell, with the function alone."""
    return write_notebook(path, [cell("code", FUNCTION.strip())])


def our_pack(place: Path, *, notebook: bool) -> Path:
    """Write a course pack whose one check asks the question, of the notebook or of a file."""
    code = 'student.notebook("work.ipynb")' if notebook else 'student.load("work.py")'
    write_pack(place, _SUITE.format(code=code))
    return place


def our_repository(place: Path, *, notebook: bool) -> Path:
    """Write a repository with the notebook, or with the function in a file."""
    place.mkdir(parents=True)
    if notebook:
        whole_notebook(place / "work.ipynb")
    else:
        (place / "work.py").write_text(FUNCTION, encoding="utf-8")
    git(place, "init", "-q", "-b", "main")
    commit(place, "Add the work")
    return place
