"""Put the course's stand-ins into an environment: a module, and a call to it at the end of some packages' files.

Run as a script by the environment's interpreter, without `site`, so that no code of a package runs:
`python -I -S stand_ins.py ENVIRONMENT DATA`. DATA is JSON: the `source` of the module, and `calls`, which maps files below
`site-packages` to functions. A stand-in runs only when its package is imported, so interpreter start is as fast as before.
"""

from __future__ import annotations

import json
import sys
import sysconfig
from pathlib import Path

#: Name of the module in an environment.
MODULE = "_grader_stand_ins"
_CALL = "\n\nfrom {module} import {function} as _grader_stand_in\n\n_grader_stand_in(globals())\n"


def put(packages: Path, source: str, calls: dict[str, str], left_out: dict[str, str]) -> list[str]:
    """Write the module, and add the calls to the files that exist; packages that are not installed are skipped.

    Args:
        packages: the environment's `site-packages`.
        source: the source code of the module.
        calls: the function that a file calls, by the file's path below `packages`.
        left_out: a line to remove from a file, by the file's path.

    Returns:
        The files that were changed.
    """
    changed = []
    for name, function in calls.items():
        path = packages / name
        if not path.is_file() or path.is_symlink():
            continue
        # Write a new file: the old one is a hard link into uv's cache, which all environments share.
        new = path.with_name(f".{path.name}.new")
        lines = path.read_text(encoding="utf-8").splitlines()
        text = "\n".join(line for line in lines if line != left_out.get(name))
        new.write_text(text + _CALL.format(module=MODULE, function=function), encoding="utf-8")
        new.replace(path)
        changed.append(name)
    if changed:
        (packages / f"{MODULE}.py").write_text(source, encoding="utf-8")
    return changed


def _main(environment: str, data: Path) -> None:
    base = {"base": environment, "platbase": environment, "installed_base": environment}
    given = json.loads(data.read_text(encoding="utf-8"))
    put(Path(sysconfig.get_path("purelib", "venv", vars=base)), **given)


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
