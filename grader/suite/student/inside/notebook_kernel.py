"""Executes a notebook with nbclient in a student process, then evaluates an expression in its kernel's namespace.

The kernel is the interpreter that runs this file, so no kernel spec has to be installed, and the spec that a notebook names
does not matter. The kernel's process is as untrusted as this one: what comes back is data.
"""

import json
import os
import sys
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError


def execute(request: "dict[str, Any]", harness: Any) -> Any:
    """Run all cells, then the expression. `harness` is the calling module. Return the reply as bytes."""
    path = os.path.join(request["cwd"], request["notebook"])
    with open(path, encoding="utf-8") as file:
        notebook = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    # Jupyter opens a notebook that lacks these, with a warning.
    notebook.setdefault("metadata", nbformat.from_dict({}))  # type: ignore[no-untyped-call]
    if notebook.metadata.get("kernelspec") is None:
        notebook.metadata.pop("kernelspec", None)
    for cell in notebook.cells:
        cell.setdefault("metadata", nbformat.from_dict({}))  # type: ignore[no-untyped-call]
        cell.setdefault("source", "")
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
        where = _failed_cell(notebook)
        message = f"{request['notebook']}: cell {where} raised {raised}: {str(problem.evalue)[:400]}"
        return harness.dump({"fault": "exception", "message": message, "raised": raised, "frames": []})
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


def _failed_cell(notebook: nbformat.NotebookNode) -> int:
    for number, cell in enumerate(notebook.cells, start=1):
        if any(output.get("output_type") == "error" for output in cell.get("outputs", [])):
            return number
    return 0
