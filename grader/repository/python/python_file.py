"""The syntax tree of a Python file of a submission. Nothing of it is ever run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from grader.repository.faults import Evidence, evidence
from grader.repository.python.by_name import ByName
from grader.repository.python.nodes import Call, Class, Decorator, Function, same_name
from grader.repository.python.source_text import parse_python


class PythonFile:
    """One parsed file: `.path`, `.text`, `.tree` and the definitions, imports and calls in it.

    Raises:
        SubmissionFault: on construction, if the text is not Python that can be parsed.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.tree, self._nodes = parse_python(text, path)

    def __repr__(self) -> str:
        return f"PythonFile({self.path!r})"

    @property
    def size(self) -> int:
        """The number of nodes of its tree: its cost in memory."""
        return len(self._nodes)

    @property
    def name(self) -> str:
        """The file name without folder and suffix."""
        return self.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file."""
        return self.text.split("\n")

    @cached_property
    def code_lines(self) -> int:
        """Lines that are neither blank nor comment."""
        return sum(1 for line in self.lines if line.strip() and not line.lstrip().startswith("#"))

    @cached_property
    def aliases(self) -> dict[str, str]:
        """The full name of each imported name: `nn` is `torch.nn`."""
        names: dict[str, str] = {}
        for node in self._nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    short = alias.asname or alias.name.partition(".")[0]
                    names[short] = alias.name if alias.asname else short
            elif isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                for alias in node.names:
                    names[alias.asname or alias.name] = _join(module, alias.name)
        return names

    @cached_property
    def starred(self) -> tuple[str, ...]:
        """The modules of which every name is imported (`from x import *`), the last first: its names hide those of the others."""
        found = [
            "." * node.level + (node.module or "")
            for node in self._nodes
            if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
        ]
        return tuple(reversed(found))

    @cached_property
    def imports(self) -> frozenset[str]:
        """Every imported module with its parents, and `module.name` of `from` imports; relative ones keep their dots."""
        return frozenset(self.imported)

    @cached_property
    def imported(self) -> dict[str, int]:
        """The names of `imports` with the line of the first import of each."""
        found: dict[str, int] = {}
        for node in self._nodes:
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [name for alias in node.names for name in _with_parents(alias.name)]
            elif isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                names = [module] if node.level else _with_parents(module)
                names += [_join(module, alias.name) for alias in node.names]
            for name in names:
                found[name] = min(found.get(name, node.lineno), node.lineno)  # type: ignore[attr-defined]
        return found

    def imports_module(self, *names: str) -> bool:
        """Return whether any of the modules (or something inside it) is imported, anywhere in the file."""
        return not self.imports.isdisjoint(names)

    def dotted(self, node: ast.AST) -> str:
        """Return the dotted name of an expression with imports resolved; calls and items inside it appear as `()` and `[]`."""
        parts: list[str] = []
        while True:
            if isinstance(node, ast.Attribute):
                parts.append("." + node.attr)
                node = node.value
            elif isinstance(node, ast.Call):
                parts.append("()")
                node = node.func
            elif isinstance(node, ast.Subscript):
                parts.append("[]")
                node = node.value
            else:
                break
        root = self.aliases.get(node.id, node.id) if isinstance(node, ast.Name) else ""
        return root + "".join(reversed(parts))

    @cached_property
    def functions(self) -> ByName[Function]:
        """Functions of the file, outer before inner, methods too; ask `"train" in file.functions`."""
        return ByName(self._functions(self.tree, ""))

    @cached_property
    def classes(self) -> ByName[Class]:
        """Classes of the file, nested ones too."""
        return ByName(self._class(node) for node in self._nodes if isinstance(node, ast.ClassDef))

    def calls(self, name: str = "", *, within: ast.AST | None = None) -> list[Call]:
        """Return the calls of `name` (dotted or its end, imports resolved; all calls if empty), inside `within` if given."""
        if within is not None:
            return [call for call in self._calls(ast.walk(within)) if not name or same_name(call.name, name)]
        return [call for call in self._all_calls if not name or same_name(call.name, name)]

    @cached_property
    def _all_calls(self) -> tuple[Call, ...]:
        return tuple(self._calls(iter(self._nodes)))

    @cached_property
    def names(self) -> frozenset[str]:
        """Every dotted name that the code mentions, imports resolved."""
        wanted = ast.Name | ast.Attribute
        return frozenset(self.dotted(node) for node in self._nodes if isinstance(node, wanted))

    def uses(self, *names: str) -> bool:
        """Return whether the code mentions any of the dotted names (or their ends)."""
        return any(same_name(seen, name) for seen in self.names for name in names)

    @cached_property
    def has_main_guard(self) -> bool:
        """Whether the module has `if __name__ == "__main__":` at its top level."""
        return any(isinstance(node, ast.If) and _is_main_test(node.test) for node in self.tree.body)

    @property
    def is_empty(self) -> bool:
        """Whether there is no statement but a docstring."""
        return all(
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in self.tree.body
        )

    def evidence(self, where: object = None, text: str = "") -> Evidence:
        """Return evidence at a line, a syntax node, or a function, class or call of this file; `text` defaults to the line."""
        line = where if isinstance(where, int) else getattr(where, "lineno", getattr(where, "line", None))
        if not text and line and 0 < line <= len(self.lines):
            text = self.lines[line - 1].strip()
        return evidence(self.path, line, text)

    def _functions(self, parent: ast.AST, prefix: str) -> Iterator[Function]:
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                qualname = prefix + node.name
                yield Function(node.name, qualname, node.lineno, node, self._decorators(node))
                yield from self._functions(node, qualname + ".")
            elif isinstance(node, ast.ClassDef):
                yield from self._functions(node, f"{prefix}{node.name}.")
            elif not isinstance(node, ast.expr):
                yield from self._functions(node, prefix)

    def _class(self, node: ast.ClassDef) -> Class:
        methods = ByName(
            Function(child.name, f"{node.name}.{child.name}", child.lineno, child, self._decorators(child))
            for child in node.body
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        )
        bases = tuple(filter(None, map(self.dotted, node.bases)))
        return Class(node.name, node.lineno, bases, methods, node, self._decorators(node))

    def _decorators(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    ) -> tuple[Decorator, ...]:
        found = []
        for item in node.decorator_list:
            call = Call(self.dotted(item.func), item.lineno, item) if isinstance(item, ast.Call) else None
            found.append(Decorator(call.name if call else self.dotted(item), item.lineno, call))
        return tuple(found)

    def _calls(self, nodes: Iterator[ast.AST]) -> Iterator[Call]:
        for node in nodes:
            if isinstance(node, ast.Call):
                yield Call(self.dotted(node.func), node.lineno, node)


def _join(module: str, name: str) -> str:
    return module + name if module.endswith(".") else f"{module}.{name}"


def _with_parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts))]


def _is_main_test(test: ast.expr) -> bool:
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)):
        return False
    names = {side.id for side in (test.left, test.comparators[0]) if isinstance(side, ast.Name)}
    texts = {side.value for side in (test.left, test.comparators[0]) if isinstance(side, ast.Constant)}
    return names == {"__name__"} and texts == {"__main__"}
