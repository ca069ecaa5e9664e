"""Executes a notebook with nbclient in a student process, then evaluates an expression in its kernel's namespace.

The kernel is the interpreter that runs this file, so no kernel spec has to be installed, and the spec that a notebook names
does not matter. The kernel's process is as untrusted as this one: what comes back is data.
"""

import json
import linecache
import os
import re
import sys
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
#: `Cell In[3], line 2` (older: `Input In [3], in <cell line: 2>()`), and `File /work/src/model.py:12, in fit(data)`.
_FRAME = re.compile(
    r"^(?:(?:Cell|Input) In ?\[(?P<count>\d{1,6})\],? (?:line (?P<line>\d{1,7})|in <cell line: (?P<cell_line>\d{1,7})>)"
    r"|File (?P<path>[^\n:]{1,400}\.py):(?P<file_line>\d{1,7}))",
    re.MULTILINE,
)


def execute(request: "dict[str, Any]", harness: Any) -> Any:
    """Run all cells, then the expression. `harness` is the calling module. Return the reply as bytes."""
    path = os.path.join(request["cwd"], request["notebook"])
    with open(path, encoding="utf-8") as file:
        notebook = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    plan = os.path.join(request["tmp"], f"plan-{os.getpid()}.json")
    answer = os.path.join(request["tmp"], f"answer-{os.getpid()}.json")
    with open(plan, "w", encoding="utf-8") as file:
        json.dump(request, file)
    ask = (
        f"import importlib.util as _u; _s = _u.spec_from_file_location('_grader_harness', {harness.__file__!r})\n"
        f"_h = _u.module_from_spec(_s); _s.loader.exec_module(_h)\n"
        f"_h.answer_in_kernel({plan!r}, {answer!r}, globals())"
    )
    notebook.cells.append(nbformat.v4.new_code_cell(ask))  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook,
        km=_KernelManager(request),
        timeout=request["cell_timeout"],
        resources={"metadata": {"path": os.path.dirname(path)}},
    )
    try:
        client.execute()
    except CellTimeoutError:
        return harness.dump(
            {"fault": "timeout", "message": f"A cell of {request['notebook']} did not end in time."}
        )
    except CellExecutionError as problem:
        raised = str(problem.ename)
        where, trace = _failed_cell(notebook)
        message = f"{request['notebook']}: cell {where} raised {raised}: {str(problem.evalue)[:400]}"
        frames = _frames(trace, notebook, where, request)[-8:]
        trace = trace[-4_000:] if "-packages" in trace else ""
        return harness.dump(
            {"fault": "exception", "message": message, "raised": raised, "frames": frames, "trace": trace}
        )
    except DeadKernelError:
        return harness.dump(
            {"fault": "killed", "message": f"The kernel died while it ran {request['notebook']}."}
        )
    with open(answer, "rb") as file:
        return file.read(request["reply_bytes"] + 1)


class _KernelManager(AsyncKernelManager):
    """A kernel of this interpreter, with the import folders of the request."""

    def __init__(self, request: "dict[str, Any]") -> None:
        super().__init__()
        self._request = request

    @property
    def kernel_spec(self) -> KernelSpec:
        start = (
            f"import sys; sys.path[:0] = {self._request['paths']!r}; sys.path.extend({self._request['tools']!r});"
            "from ipykernel.kernelapp import launch_new_instance; launch_new_instance()"
        )
        argv = [sys.executable, "-E", "-s", "-P", "-c", start, "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="grader", language="python")


def _failed_cell(notebook: nbformat.NotebookNode) -> "tuple[int, str]":
    """Return the number of the cell that raised, and its traceback as plain text."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if output.get("output_type") == "error":
                lines = output.get("traceback") or []
                return number, _ANSI.sub("", "\n".join(map(str, lines)))[-100_000:]
    return 0, ""


def _frames(
    trace: str, notebook: nbformat.NotebookNode, failed: int, request: "dict[str, Any]"
) -> "list[dict[str, Any]]":
    """Return the students' frames of IPython's traceback, innermost last: lines of cells and of their files."""
    # Cells run in their order, so the counts of the kernel are the places among those that hold code.
    numbers = [
        number
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code" and cell.source.strip()
    ]
    root, found = os.path.realpath(request["cwd"]), []
    for match in _FRAME.finditer(trace):
        if match["path"]:
            frame = _in_file(os.path.realpath(match["path"]), int(match["file_line"]), root)
        else:
            count, line = int(match["count"]), int(match["line"] or match["cell_line"])
            number = numbers[count - 1] if 0 < count <= len(numbers) else failed
            frame = _in_cell(notebook, number, line, request["notebook"])
        found += [frame] if frame else []
    return found


def _in_cell(notebook: nbformat.NotebookNode, number: int, line: int, path: str) -> "dict[str, Any]":
    source = notebook.cells[number - 1].source.splitlines() if number else []
    text = source[line - 1].strip() if 0 < line <= len(source) else ""
    return {"path": path, "line": 0, "text": f"cell {number}, line {line}: {text}"[:200]}


def _in_file(path: str, line: int, root: str) -> "dict[str, Any] | None":
    where = os.path.relpath(path, root).replace(os.sep, "/")
    if not path.startswith(root + os.sep) or "-packages/" in where:
        return None
    return {"path": where, "line": line, "text": linecache.getline(path, line).strip()[:200]}
