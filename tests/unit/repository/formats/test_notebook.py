"""Notebooks of a submission: code without magics, outputs only when asked, faults for the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.repository.faults import SubmissionFault
from grader.repository.submission_view import SubmissionView


def code(source: str | list[str], outputs: list[Any] | None = None) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": "code", "source": source, "metadata": {}, "outputs": outputs or []}
    return {**cell, "execution_count": None}


def notebook(root: Path, cells: list[Any], **more: Any) -> SubmissionView:
    data = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells, **more}
    (root / "nb.ipynb").write_text(json.dumps(data), encoding="utf-8")
    return SubmissionView(root, {})


def test_code_of_a_notebook_parses_whatever_magic_it_holds(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title"], "metadata": {}},
        code(
            [
                "%matplotlib inline\n",
                "import numpy as np\n",
                "!pip install x\n",
                "for a in b:\n",
                "    !ls\n",
                "np.array?",
            ]
        ),
        code("%%time\ndef softmax(x):\n    return np.exp(x)\n"),
        code("%%bash\nrm -rf / ; def ("),
        code("files = !ls\nx = (a\n  % b)\n"),
        code("text = '''\n% not a magic\n'''\nawait thing()"),
        code("def broken(:"),
        code("   "),
    ]
    book = notebook(tmp_path, cells).notebook("nb.ipynb")
    assert "softmax" in book.functions.names
    assert book.python.imports_module("numpy")
    assert "% not a magic" in book.code
    assert "rm -rf" not in book.python.text.replace("# %%bash", "")
    assert [str(fault.evidence[0]) for fault in book.broken_cells] == ["nb.ipynb: cell 7"]
    assert [cell.kind for cell in book.cells][:2] == ["markdown", "code"]
    assert len(book.code_cells) == 6
    assert str(book.evidence(1)) == "nb.ipynb: cell 1: # Title"


def test_outputs_are_text_and_only_there_when_asked_for(tmp_path: Path) -> None:
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/html": "<script>alert(1)</script>", "text/plain": "x" * 100_000},
        },
    ]
    book = notebook(tmp_path, [code("x", outputs)]).notebooks()[0]
    assert [(number, len(text)) for number, text in book.outputs] == [(1, 3), (1, 65536)]
    assert all("script" not in text for _, text in book.outputs)


def test_no_cells_and_a_foreign_kernel_are_fine(tmp_path: Path) -> None:
    metadata = {
        "kernelspec": {"name": "my-conda-env", "display_name": "x"},
        "language_info": {"name": "python"},
    }
    book = notebook(tmp_path, [], metadata=metadata).notebook("nb.ipynb")
    assert (book.kernel, book.language, book.code, book.cells) == ("my-conda-env", "python", "", ())
    odd = notebook(tmp_path, [code("a = 1")], nbformat_minor=5).notebook("nb.ipynb")
    assert odd.code == "a = 1"


def test_a_notebook_of_format_3_is_read_as_jupyter_opens_it(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "language": "python", "metadata": {}, "outputs": [], "collapsed": False}
    sheet = {
        "metadata": {},
        "cells": [{**cell, "prompt_number": 2, "input": "def relu(x):\n    return max(x, 0)"}],
    }
    data = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "old"}, "worksheets": [sheet]}
    (tmp_path / "nb.ipynb").write_text(json.dumps(data), encoding="utf-8")
    book = SubmissionView(tmp_path, {}).notebook("nb.ipynb")
    assert (book.functions.names, book.cells[0].execution_count) == (("relu",), 2)


def test_ids_in_a_notebook_from_before_ids_are_no_fault(tmp_path: Path) -> None:
    # classroom tools and VS Code write them; see ucbds-infra/otter-grader#701.
    book = notebook(tmp_path, [{**code("a = 1"), "id": "c0abcdef"}], nbformat_minor=4).notebook("nb.ipynb")
    assert book.code == "a = 1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not valid JSON"),
        ("not json", "line 1: not valid JSON"),
        ("[]", "no Jupyter notebook"),
        ('{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": 3}', "no valid notebook"),
        ('{"nbformat": 4, "cells": 3}', "no Jupyter notebook"),
        ('{"nbformat": 4, "cells": [1]}', "no Jupyter notebook"),
        ('{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{}]}', "no valid notebook"),
        ('{"nbformat": 4, "nbformat_minor": 4, "metadata": 1, "cells": []}', "no valid notebook"),
        ('{"nbformat": 4, "nbformat_minor": "x", "metadata": {}, "cells": []}', "no valid notebook"),
        (
            '{"nbformat": 4, "nbformat_minor": 9999999, "metadata": {"kernelspec": 1}, "cells": []}',
            "no valid notebook",
        ),
        ('{"a":' * 50_000, "nested too deep"),
        ("x" * 51_000_000, "too large"),
    ],
    ids=lambda text: text[:20],
)
def test_a_broken_notebook_is_a_fault(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "nb.ipynb").write_text(text, encoding="utf-8")
    submission = SubmissionView(tmp_path, {})
    with pytest.raises(SubmissionFault, match=message):
        submission.notebook("nb.ipynb")
    assert submission.notebooks() == []
    assert len(submission.broken_notebooks) == 1


CELL = code("def relu(x):\n    return x")


@pytest.mark.parametrize(
    "changed",
    [
        # jupyter/nbformat#161 and #167, microsoft/vscode-jupyter#11288, Ouranosinc/pavics-sdi#308, bokeh/bokeh#7057.
        {"metadata": {"kernelspec": {"name": "python3"}}},
        {"metadata": {"kernelspec": None, "language_info": {"version": "3.11"}}},
        {"metadata": {"widgets": {"x": {"y": 1}}, "authors": "me", "title": ["x"]}},
        {"orig_nbformat": 4, "nbformat_minor": 2},
        {"nbformat_minor": 5, "cells": [{**CELL, "id": "a b"}]},
        {"nbformat_minor": 5, "cells": [{**CELL, "id": None}]},
        {"cells": [{**CELL, "metadata": {"tags": ["a", "a"], "collapsed": None}}]},
        {"cells": [{key: CELL[key] for key in ("cell_type", "source")}]},
        {"cells": [{**CELL, "execution_count": "1", "attachments": {}}]},
        {"cells": [CELL, {"cell_type": "heading", "level": 1, "source": "T", "metadata": {}}]},
        {"cells": [CELL, {"cell_type": "markdown", "source": "x", "metadata": {}, "outputs": []}]},
    ],
)
def test_what_jupyter_opens_with_a_warning_is_read(tmp_path: Path, changed: dict[str, Any]) -> None:
    book = notebook(tmp_path, **{"cells": [CELL], **changed}).notebook("nb.ipynb")
    assert book.functions.names == ("relu",)


def test_a_notebook_without_metadata_or_minor_version_is_read(tmp_path: Path) -> None:
    (tmp_path / "nb.ipynb").write_text(json.dumps({"nbformat": 4, "cells": [CELL]}), encoding="utf-8")
    assert SubmissionView(tmp_path, {}).notebook("nb.ipynb").functions.names == ("relu",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12\n", "pointer of Git LFS"),
        ('{\n<<<<<<< HEAD\n "cells": []\n=======\n>>>>>>> b\n}', "merge that was not resolved"),
        ("  \n", "is empty"),
    ],
)
def test_what_a_notebook_holds_instead_is_named(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "nb.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(SubmissionFault, match=reason):
        SubmissionView(tmp_path, {}).notebook("nb.ipynb")
