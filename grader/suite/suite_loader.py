"""Loads the files of a suite for every runner of checks: the sandbox, `grader.testing`, plain pytest.

    from ._common import x            `_common.py`, or another `_NAME.py`, beside the file: for the files of one suite
    from ..common.words import y      `checks/common/`: for all suites of the course pack

The folder of suites is imported as a package whose name is derived from its path (`_pack_1a2b….x16_tests.test_style`),
so that nothing of a suite can be imported by accident, and two course packs in one process never share a module. The folders
need no `__init__.py`: Python finds them as namespace packages, and the import path is not changed.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from grader.suite.module_ids import is_suite_folder


def is_suite_file(path: Path) -> bool:
    """Return whether a file holds checks of a suite: `x01_slug/test_*.py`, beside the suite's `module.toml`."""
    return bool(
        is_suite_folder(path.parent.name)
        and path.match("test_*.py")
        and (path.parent / "module.toml").is_file()
    )


def load_suite_file(path: Path) -> ModuleType:
    """Return the module of one file of a suite, imported once per process; pytest rewrites its assertions if configured."""
    return importlib.import_module(_name(path.resolve()))


def load_suite(folder: Path) -> list[ModuleType]:
    """Return the modules of a suite's files, imported again (an author may have edited them), without rewritten assertions."""
    folder = folder.resolve()
    pack = _pack(folder.parent)
    for name in [name for name in sys.modules if name.startswith(f"{pack}.")]:
        del sys.modules[name]
    importlib.invalidate_caches()
    return [_load_plainly(path) for path in sorted(folder.glob("test_*.py"))]


def _load_plainly(path: Path) -> ModuleType:
    name = _name(path)
    importlib.import_module(name.rpartition(".")[0])
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _name(path: Path) -> str:
    return f"{_pack(path.parents[1])}.{path.parent.name}.{path.stem}"


def _pack(checks: Path) -> str:
    """Return the name of the package for the folder of suites; create the package if it is missing."""
    name = f"_pack_{hashlib.sha256(str(checks).encode()).hexdigest()[:12]}"
    if name not in sys.modules:
        spec = ModuleSpec(name, loader=None, is_package=True)
        spec.submodule_search_locations = [str(checks)]
        sys.modules[name] = module_from_spec(spec)
    return name
