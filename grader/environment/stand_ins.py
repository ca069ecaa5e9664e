"""The course's stand-ins, put into an environment: a module of its own, and a call at the end of files of packages.

Started as a script by the interpreter that the environment is for, without `site`, so that no package runs:
`python -I -S environment_stand_ins.py ENVIRONMENT DATA`. DATA is JSON: the `source` of the module, and `calls`, function by
file below `site-packages`. Nothing runs before a package of these is imported: an interpreter starts as fast as without.
"""

from __future__ import annotations

import json
import sys
import sysconfig
from pathlib import Path

#: What the module is called in an environment.
MODULE = "_grader_stand_ins"
_CALL = "\n\nfrom {module} import {function} as _grader_stand_in\n\n_grader_stand_in(globals())\n"


def put(packages: Path, source: str, calls: dict[str, str], left_out: dict[str, str]) -> list[str]:
    """Write the module, and the calls into the files that are there; the others' packages are not installed.

    Args:
        packages: the environment's `site-packages`.
        source: of the module.
        calls: the function that a file calls, by the file's path below `packages`.
        left_out: a line that such a file loses.

    Returns:
        The files that were changed.
    """
    changed = []
    for name, function in calls.items():
        path = packages / name
        if not path.is_file() or path.is_symlink():
            continue
        # A new file: the old one is a hard link to the one in uv's cache, which all environments share.
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
