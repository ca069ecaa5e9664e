"""Names that a package exports, loaded when they are asked for: what a command does not use costs it nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module


def late_names(package: str, names_of: Mapping[str, Sequence[str]]) -> Callable[[str], object]:
    """Return a package's `__getattr__` (PEP 562), by which it exports names of modules that it has not loaded yet.

    Args:
        package: the package's `__name__`.
        names_of: full name of a module → the names that the package exports of it. No name may be that of a module in the
            package: importing that would hide it.

    Example:
        if TYPE_CHECKING:
            from grader.render.junit import render_junit
        else:
            __getattr__ = late_names(__name__, {"grader.render.junit": ["render_junit"]})
    """
    homes = {name: home for home, names in names_of.items() for name in names}

    def load(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(homes[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return load
