"""The program of a student process: reads a request, evaluates the expression, writes one reply.

    python -E -s -P harness.py REQUEST REPLY      (each `fd:N` or a path)

The request has the action (`evaluate`, `notebook`, `probe`, `application`, `module`), the nonce that a reply starts with, and
the folders that student code is imported from. The students' code shares this process, so a reply is untrusted: the suite
compares it with values that are never sent here. Standard library only; modules that student code may shadow are imported first.
"""

import base64
import importlib
import importlib.util
import json
import math
import os
import runpy
import sys
import traceback  # noqa: F401 - for `raised`, before the students' code can shadow it
import types
from collections.abc import Callable
from typing import Any

#: The file name of a snippet of a suite, in tracebacks.
SNIPPET = "<probe>"
#: Made before the students' code runs, so that a count of `json.dumps` is theirs alone.
_JSON = json.JSONEncoder(allow_nan=False, separators=(",", ":"))


def main() -> None:
    """Serve one request and exit the process at once, even if threads of the students' code still run."""
    source, target = sys.argv[1:3]
    # Now, since the students' code may leave no file to open.
    beside("raised")
    request = json.loads(_read(source).decode("utf-8"))
    sys.path[:0] = request["paths"]
    sys.path.extend(request["tools"])
    sys.argv = ["student"]
    os.chdir(request["cwd"])
    if request["do"] == "module":
        _run_module(request)
        return
    tell = _channel(target, request["nonce"].encode())
    reply = _reply_to(request, tell)
    _flush()
    tell(reply)
    os._exit(0)


def _reply_to(request: "dict[str, Any]", tell: "Callable[[bytes], None]" = lambda line: None) -> bytes:
    """Return the last line of the reply; an application tells lines before."""
    try:
        if request["do"] == "notebook":
            kernel: bytes = beside("notebook_kernel").execute(request, sys.modules["__main__"])
            return kernel
        if request["do"] == "application":
            end: bytes = beside("application_run").drive(request, tell, sys.modules[__name__])
            return end
        if request["do"] == "probe":
            inputs = {name: _argument(value, []) for name, value in request["inputs"].items()}
            return _values(["The code"], [run_snippet(request["source"], request, inputs).get("result")])
        return evaluate(request, None)
    except SystemExit as problem:
        return dump(
            {"fault": "exited", "message": f"The code ended the process (exit code {problem.code!r})."}
        )
    except MemoryError:
        return dump({"fault": "memory", "message": "The code ran out of memory."})
    except BaseException as problem:  # noqa: BLE001 - student code may raise anything
        return dump(fault_of(problem, request))


def beside(name: str) -> Any:
    """Return a module that lies beside this one, by path: the students' repository may have one of its name."""
    folder = os.path.dirname(os.path.abspath(__file__))
    return sys.modules.get(f"_grader_{name}") or _from_file(
        f"_grader_{name}", os.path.join(folder, f"{name}.py")
    )


def run_snippet(source: str, request: "dict[str, Any]", names: "dict[str, Any]") -> "dict[str, Any]":
    """Run a suite's snippet as a module that has `names` and `load`, and return its globals."""
    module = types.ModuleType("__probe__")
    sys.modules[module.__name__] = module
    space = vars(module)
    space.update({"load": lambda path: load(path, request), **names})
    exec(compile(source, SNIPPET, "exec", dont_inherit=True), space)  # noqa: S102 - the suite's own snippet
    return space


def answer_in_kernel(plan: str, answer: str, namespace: "dict[str, Any]") -> None:
    """Evaluate in a notebook's kernel, after its last cell, and write the reply to a file."""
    with open(plan, encoding="utf-8") as file:
        request = json.load(file)
    try:
        reply = evaluate(request, namespace)
    except BaseException as problem:  # noqa: BLE001 - student code may raise anything
        reply = dump(fault_of(problem, request))
    with open(answer, "wb") as file:
        file.write(reply)


def evaluate(request: "dict[str, Any]", namespace: "dict[str, Any] | None") -> bytes:
    """Evaluate the nodes of the expression; `namespace` holds the names of a notebook, if there is one."""
    done: list[Any] = []
    for node in request["nodes"]:
        of: Any = None if node["of"] is None else done[node["of"]]
        arguments = [_argument(item, done) for item in node["arguments"]]
        keywords = {name: _argument(item, done) for name, item in node["keywords"].items()}
        done.append(_step(node["kind"], of, arguments, keywords, request, namespace))
    labels = [f"`{label}`" for label in request["labels"]]
    return _values(labels, [done[index] for index in request["wanted"]])


def _values(labels: "list[str]", values: "list[Any]") -> bytes:
    found = []
    for label, value in zip(labels, values, strict=True):
        try:
            found.append(_encode(value))
        except (TypeError, ValueError, OverflowError) as problem:
            return dump({"fault": "value", "message": f"{label} gave {problem}."})
    return dump({"values": found})


def _step(
    kind: str,
    of: Any,
    arguments: "list[Any]",
    keywords: "dict[str, Any]",
    request: "dict[str, Any]",
    namespace: "dict[str, Any] | None",
) -> Any:
    if kind == "load":
        return load(arguments[0], request)
    if kind == "module":
        return importlib.import_module(arguments[0])
    if kind == "namespace":
        return namespace
    if kind == "attribute" and of is namespace and namespace is not None:
        return namespace[arguments[0]]
    if kind == "attribute":
        return getattr(of, arguments[0])
    if kind == "item":
        return of[arguments[0]]
    if kind == "call":
        return of(*arguments, **keywords)
    raise ValueError(f"unknown step {kind}")


def load(path: str, request: "dict[str, Any]") -> Any:
    """Import a file of the repository: by its dotted name if it lies in a package, else with its folder first on the path."""
    full = os.path.join(request["cwd"], path)
    folder, name = os.path.split(full)
    dotted = _dotted(path, request)
    if dotted:
        try:
            return importlib.import_module(dotted)
        except ModuleNotFoundError as problem:
            if problem.name is None or not (dotted + ".").startswith(problem.name + "."):
                raise
    name = name.removesuffix(".py")
    known = sys.modules.get(name)
    if known is not None and getattr(known, "__file__", None) == full:
        return known
    sys.path.insert(0, folder)
    try:
        return _from_file(name, full)
    except ImportError as problem:
        # Relative imports in a folder without `__init__.py`: Python takes it for a package where it is imported from above.
        dotted = _dotted(path, request, marked=False)
        if not dotted or "no known parent package" not in str(problem):
            raise
    del sys.modules[name]
    sys.path.remove(folder)
    return importlib.import_module(dotted)


def _from_file(name: str, path: str) -> Any:
    spec: Any = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _dotted(path: str, request: "dict[str, Any]", *, marked: bool = True) -> str:
    """Return the import name of a file that lies in a package below one of the import folders, or an empty string.

    Without `marked`, a folder is a package without its `__init__.py`, too.
    """
    full = os.path.join(request["cwd"], path)
    for root in request["paths"]:
        relative = os.path.relpath(full, root)
        parts = relative.removesuffix(".py").split(os.sep)
        inside = (
            not relative.startswith("..") and len(parts) > 1 and all(part.isidentifier() for part in parts)
        )
        if inside and (not marked or os.path.exists(os.path.join(root, parts[0], "__init__.py"))):
            return ".".join(parts)
    return ""


def _run_module(request: "dict[str, Any]") -> None:
    sys.argv = [request["module"], *request["arguments"]]
    runpy.run_module(request["module"], run_name="__main__", alter_sys=True)


def fault_of(problem: BaseException, request: "dict[str, Any]") -> "dict[str, Any]":
    """Return the fault for an exception, with the students' frames: those below the working copy, innermost last."""
    fault: dict[str, Any] = beside("raised").fault_of(problem, request["cwd"])
    return fault


def _argument(value: Any, done: "list[Any]") -> Any:
    if isinstance(value, list):
        return [_argument(item, done) for item in value]
    if not isinstance(value, dict):
        return value
    if "$step" in value:
        return done[value["$step"]]
    if "$dict" in value:
        return {key: _argument(item, done) for key, item in value["$dict"].items()}
    if "$bytes" in value:
        return base64.b64decode(value["$bytes"])
    return _array_argument(value["$array"])


def _array_argument(array: "dict[str, Any]") -> Any:
    shape, data, kind = array["shape"], array["data"], array["kind"]
    if kind == "torch":
        import torch  # type: ignore[import-not-found]

        return torch.tensor(data, dtype=getattr(torch, array["dtype"])).reshape(shape)
    if kind == "numpy":
        import numpy  # type: ignore[import-not-found]

        return numpy.array(data, dtype=array["dtype"]).reshape(shape)
    for size in reversed(shape[1:]):
        data = [data[start : start + size] for start in range(0, len(data), size)]
    return data


def _encode(value: Any, depth: int = 0) -> Any:
    """Encode plain values, arrays and containers of them; refuse anything else, naming its type."""
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return value
    if kind is float:
        if not math.isfinite(value):
            raise ValueError(f"a number that is not finite ({value})")
        return value
    if kind in (bytes, bytearray):
        return {"$bytes": base64.b64encode(value).decode("ascii")}
    if depth > 48:
        raise ValueError("a value that is nested too deep")
    if kind in (list, tuple, set, frozenset):
        return [_encode(item, depth + 1) for item in value]
    if kind is dict:
        return {"$dict": {str(key): _encode(item, depth + 1) for key, item in value.items()}}
    module = (getattr(kind, "__module__", "") or "").partition(".")[0]
    if module == "torch" and kind.__name__ == "Size":
        return [int(item) for item in value]
    if module == "torch" and kind.__name__ in ("Tensor", "Parameter"):
        flat = value.detach().cpu().reshape(-1).tolist()
        return _array_reply(list(value.shape), str(value.dtype).rpartition(".")[2], flat, "torch")
    if module == "torch" and kind.__name__ in ("dtype", "device"):
        return str(value).rpartition(".")[2]
    if module == "numpy" and kind.__name__ == "ndarray":
        return _array_reply(list(value.shape), value.dtype.name, value.reshape(-1).tolist(), "numpy")
    if module == "numpy" and hasattr(value, "item") and getattr(value, "shape", None) == ():
        return _encode(value.item(), depth + 1)
    raise TypeError(
        f"a value of type {kind.__module__}.{kind.__qualname__}, which is no number, text, list or array"
    )


def _array_reply(shape: "list[Any]", dtype: str, flat: "list[Any]", kind: str) -> "dict[str, Any]":
    if any(isinstance(item, float) and not math.isfinite(item) for item in flat):
        raise ValueError("an array with numbers that are not finite")
    return {"$array": {"shape": shape, "dtype": dtype, "data": flat, "kind": kind}}


def dump(value: "dict[str, Any]") -> bytes:
    """Return the bytes of a reply."""
    return _JSON.encode(value).encode("utf-8", "backslashreplace")


def _read(source: str) -> bytes:
    if source.startswith("fd:"):
        with os.fdopen(int(source[3:]), "rb") as file:
            return file.read()
    with open(source, "rb") as file:
        return file.read()


def _channel(target: str, nonce: bytes) -> "Callable[[bytes], None]":
    """Return a function that writes one line of the reply at once, behind the nonce."""
    opened: list[Any] = []

    def tell(line: bytes) -> None:
        if not opened:
            descriptor = int(target[3:]) if target.startswith("fd:") else target
            opened.append(open(descriptor, "wb"))  # noqa: SIM115 - open until the process exits
            opened[0].write(nonce)
        opened[0].write(b"\n" + line)
        opened[0].flush()

    return tell


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue


if __name__ == "__main__":
    main()
