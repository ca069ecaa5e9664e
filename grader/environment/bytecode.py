"""Compile the modules of an environment to bytecode, each source once for all environments.

Run as a script by the environment's interpreter, without `site`, so that no code of a package runs:
`python -I -S bytecode.py ENVIRONMENT STORE`. On a read-only mount, importing without bytecode takes twice as long.
The store is keyed by the hash of the source. Python sets a module's path at import, so shared bytecode is safe.
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

#: Larger sources are not compiled ahead: Python compiles them at import.
MAX_SOURCE_BYTES = 8 * 1024 * 1024


def compile_one(store: Path, source: Path) -> bool:
    """Put the bytecode of `source` beside it; return False if it does not compile, which is not an error."""
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
        # Skip a package's own tests: students do not import them.
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
