"""Copies of packages that write into themselves: what hostile code can do with them ends with its check, and in its own places."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox.container.container_sandbox import DockerSandbox
from grader.sandbox.protocol import StudentPython
from tests.hostile.battery import HONEST, LIMITS, SECRET, Attack, judge

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-packages")]

Grade = Callable[..., Any]

CACHING = "import pathlib\nHERE = pathlib.Path(__file__).resolve().parent\ndef put(name, text='1'):\n    (HERE / name).write_text(text)\n"
USES = "import caching\ncaching.put('cache.json')\n"
PLACE = "/tmp/grader-packages/site-packages"
PLANT = """
import os
def plant(name, text):
    os.makedirs(os.path.dirname(name), exist_ok=True)
    with open(name, "w") as file:
        file.write(text)
"""
#: What would take over an interpreter of ours that imports it.
TAKES_OVER = "import os; os.write(1, b'taken over'); os._exit(0)"
REFUSED = "Read-only file system"

ATTACKS = {
    # These two come first: where a package was copied once, the next checks have the copy before any of their code runs.
    "leaves no room for the copy": Attack(
        "try:\n    with open('/tmp/full', 'wb') as file:\n        while True:\n            file.write(b'x' * 1_000_000)\n"
        f"except OSError:\n    pass\ntry:\n    with open('/tmp/more', 'wb') as file:\n        while True:\n            file.write(b'x' * 4096)\n"
        f"except OSError:\n    pass\n{USES}{HONEST}",
        ("failed",),
        REFUSED,
    ),
    "leads the copy into another place": Attack(
        f"import os\nif not os.path.lexists('/tmp/grader-packages'):\n    os.symlink('/environments/x/lib', '/tmp/grader-packages')\n{USES}{HONEST}",
        ("failed",),
        REFUSED,
    ),
    # It works; what it plants in its copy is gone in the next slot, which has a copy of its own.
    "plants a file for the next check": Attack(
        f"{USES}caching.put('planted.py')\nopen(caching.HERE / '__init__.py', 'w').write({TAKES_OVER!r})\n{HONEST}",
        ("passed",),
    ),
    "plants modules beside its copy": Attack(
        f"{PLANT}\nfor name in ('json', 'base64', 'pytest', 'grader', 'sitecustomize', 'traceback'):\n"
        f"    plant(f'{PLACE}/{{name}}.py', {TAKES_OVER!r})\n{USES}{HONEST}",
        ("passed",),
    ),
    # `json` of the environment would be found before that of the standard library.
    "asks for a copy that shadows the standard library": Attack(
        "def treble(x):\n    raise PermissionError(13, 'Permission denied', '/e/site-packages/json/x')\n",
        ("failed",),
        "Permission denied",
    ),
    "asks for a copy of what is no package": Attack(
        "raise PermissionError(13, 'Permission denied', '/e/site-packages/../../../suites/x')\n",
        ("failed",),
        "Permission denied",
    ),
    "asks for a copy that fills the disk": Attack(
        f"import huge\nhuge.put('cache')\n{HONEST}", ("failed",), REFUSED
    ),
    "asks for a copy of too many files": Attack(
        f"import many\nmany.put('cache')\n{HONEST}", ("failed",), REFUSED
    ),
}  # fmt: skip

#: The check of a command asks for an environment, which all then have.
COMMAND = {"README.md": "# Slots\n", "main.py": "print(3 * int(input()))\n"}
#: The honest neighbour writes into the package, too: its copy is as installed.
HONEST_TWIN = f"{USES}import json, os\nassert not os.path.exists(caching.HERE / 'planted.py')\n{HONEST}"


@pytest.fixture(scope="module")
def environment(sandbox: DockerSandbox, tmp_path_factory: pytest.TempPathFactory) -> StudentPython:
    """An environment with packages that write into their folder: one that may be copied, and two that are too large."""
    folder = tmp_path_factory.mktemp("environment")
    where = "import os, sys; print(os.path.realpath(sys.executable), '%d.%d' % sys.version_info[:2])"
    said = sandbox.client.containers.run(
        sandbox.image.tag, ["-c", where], entrypoint=["python3"], network_mode="none", remove=True
    )
    python, version = said.decode().split()
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(python)
    (folder / "pyvenv.cfg").write_text(
        f"home = {Path(python).parent}\ninclude-system-site-packages = false\n"
    )
    packages = folder / "lib" / f"python{version}" / "site-packages"
    for name in ("caching", "huge", "many", "json"):
        (packages / name).mkdir(parents=True)
        (packages / name / "__init__.py").write_text(CACHING)
    for number in range(40):
        (packages / "huge" / f"{number}.txt").write_bytes(b"x" * 500_000)
    for number in range(2_000):
        (packages / "many" / f"{number}.txt").write_text("")
    folder.chmod(0o755)
    return StudentPython(folder=folder, mount="/environments/x", interpreter="/environments/x/bin/python")


def files_of(environment: StudentPython) -> dict[str, int]:
    assert environment.folder is not None
    found = [path for path in environment.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return {str(path): path.stat().st_mtime_ns for path in found}


@pytest.fixture(scope="module")
def found(grade: Grade, environment: StudentPython) -> Any:
    before, files = files_of(environment), dict(COMMAND)
    for number, attack in enumerate(ATTACKS.values()):
        files[f"slot_{2 * number:02d}.py"] = attack.source
        files[f"slot_{2 * number + 1:02d}.py"] = HONEST_TWIN if number > 1 else HONEST
    names = {name.removesuffix(".py") for name in files} | {"command"}
    graded = grade(files, checks=names, limits=LIMITS, student=environment)
    assert files_of(environment) == before
    assert SECRET not in graded.log
    assert "taken over" not in graded.log + graded.text
    return graded.checks


@pytest.mark.parametrize("case", ATTACKS)
def test_a_copy_ends_with_its_check(found: Any, case: str) -> None:
    number = list(ATTACKS).index(case)
    judge((found[f"slot_{2 * number:02d}"], found[f"slot_{2 * number + 1:02d}"]), ATTACKS[case])


def test_what_packages_expect_to_write_is_writable(grade: Grade, environment: StudentPython) -> None:
    """Home, caches and settings are the check's own; the environment is not."""
    source = """
import os, tempfile
from pathlib import Path
home = Path.home()
for folder in (home, home / ".cache/x", home / ".config/x", home / ".local/share/x", Path(os.environ["MPLCONFIGDIR"]), Path(tempfile.gettempdir())):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "written").write_text("x")
import caching
try:
    (Path("/environments/x") / "written").write_text("x")
except OSError:
    pass
else:
    raise AssertionError("the environment is writable")
"""
    files = {**COMMAND, "slot_00.py": source + HONEST}
    graded = grade(files, checks={"slot_00", "command"}, student=environment)
    assert graded.verdict("slot_00") == "passed", graded.checks["slot_00"].message
