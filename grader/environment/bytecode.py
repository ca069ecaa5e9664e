"""Bytecode for the modules of an environment, each compiled once for all environments.

Started as a script by the interpreter that the environment is for, without `site`, so that no package runs:
`python -I -S environment_bytecode.py ENVIRONMENT STORE`. On a read-only mount, imports without bytecode cost twice.
The store is keyed by what the source is; a module knows its path again when it is imported, wherever it was compiled.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import py_compile
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

#: Sources larger than this are compiled when they are imported.
MAX_SOURCE_BYTES = 8 * 1024 * 1024


def compile_one(store: Path, source: Path) -> bool:
    """Put the bytecode of `source` beside it; False where it does not compile, which is the package's own affair."""
    target = Path(importlib.util.cache_from_source(str(source)))
    try:
        data = source.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        kept = store / digest[:2] / f"{digest}.pyc"
        if not kept.is_file():
            kept.parent.mkdir(parents=True, exist_ok=True)
            part = kept.with_suffix(f".{os.getpid()}")
            py_compile.compile(
                str(source),
                cfile=str(part),
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
            part.replace(kept)
        target.parent.mkdir(exist_ok=True)
        try:
            os.link(kept, target)
        except OSError:
            shutil.copyfile(kept, target)
    except (OSError, ValueError, RecursionError, MemoryError, py_compile.PyCompileError):
        return False
    return True


def _sources(environment: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(environment):
        # A package's own tests are not what students import.
        folders[:] = [name for name in folders if name not in ("tests", "test", "__pycache__")]
        for name in names:
            path = Path(folder, name)
            if name.endswith(".py") and not path.is_symlink() and path.stat().st_size <= MAX_SOURCE_BYTES:
                yield path


def _main(environment: Path, store: Path) -> None:
    store = store / f"{sys.implementation.cache_tag}"
    with ProcessPoolExecutor() as pool:
        for _ in pool.map(partial(compile_one, store), _sources(environment), chunksize=64):
            pass


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
