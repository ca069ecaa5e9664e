"""Write the locks anew: `make lock`, or `python -m tests.locks` to keep the versions that still fit.

Of several places that could have a package only the index counts here, so that digests are of what everybody gets.

    grader/locks/runtime.txt   what `pyproject.toml` asks for
    grader/locks/image.txt     of these, what the image holds, and a uv for it
    requirements-dev.lock      what development needs: the same, the groups, what builds the wheel
    checks/tools.lock          the tools that suites start
    exercises/*/proof.lock     what solutions, starters and mutants ask for; read by `grader prove` alone

A proof's lock leaves out what the course decides by itself (`checks/environment.toml`): versions for all, CPU builds, packages
that are never installed, wheels that are made of sources.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import uv

from grader.authoring.prove import exercise_trees
from grader.course.module import Module
from grader.course.pack import Course, load_course
from grader.environment import Overrides, load_overrides, read_requirements
from grader.environment import source_builds as environment_sources
from grader.environment.overrides import plan
from grader.environment.suite_tools import TOOLS_LOCK
from grader.sandbox.lock import IMAGE_LOCK, Locked, read_lock
from grader.sandbox.package_index import default_index
from grader.sandbox.runtime import STUDENT_PACKAGES, SUITE_PACKAGES
from tests.places import ROOT

RUNTIME = ROOT / "grader" / "locks" / "runtime.txt"
DEVELOPMENT = ROOT / "requirements-dev.lock"
GROUPS = ("dev", "build")
#: The oldest Python that the locks are for; the markers of their entries tell the others apart.
PYTHON = "3.11"
HEADER = "# Written by `make lock`: exact versions, and digests of their files.\n"


def compiled(previous: Path, upgrade: bool, *arguments: str) -> str:
    """What uv resolves for every system and Python from `PYTHON` on, near to the file `previous`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))}
    with tempfile.TemporaryDirectory(prefix="grader-lock-") as folder:
        output = Path(folder, "lock.txt")
        if previous.is_file() and not upgrade:
            output.write_text(previous.read_text(encoding="utf-8"), encoding="utf-8")
        subprocess.run(
            [
                *(uv.find_uv_bin(), "pip", "compile", "--quiet", "--no-config", *arguments),
                *(
                    "--universal",
                    "--python-version",
                    PYTHON,
                    "--generate-hashes",
                    "--output-file",
                    str(output),
                ),
                *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
            ],
            check=True,
            cwd=ROOT,
            env=environment,
        )
        return output.read_text(encoding="utf-8")


def write(path: Path, entries: Iterable[Locked]) -> None:
    """Write a lock file, with each digest in a line of its own."""
    text = "".join(entry.line.replace(" --hash=", " \\\n    --hash=") + "\n" for entry in entries)
    path.write_text(HEADER + text, encoding="utf-8")
    print(path.relative_to(ROOT))


def lock_ours(upgrade: bool) -> None:
    """The locks of the grader itself: each within the one before."""
    write(RUNTIME, read_lock(compiled(RUNTIME, upgrade, "pyproject.toml")))
    groups = [option for group in GROUPS for option in ("--group", group)]
    within = ("--constraints", str(RUNTIME))
    write(DEVELOPMENT, read_lock(compiled(DEVELOPMENT, upgrade, "pyproject.toml", *groups, *within)))
    with tempfile.TemporaryDirectory(prefix="grader-lock-") as folder:
        wanted = Path(folder, "image.in")
        wanted.write_text("\n".join({*SUITE_PACKAGES, *STUDENT_PACKAGES, "uv"}), encoding="utf-8")
        write(IMAGE_LOCK, read_lock(compiled(IMAGE_LOCK, upgrade, str(wanted), *within)))


def wanted_by(course: Course, module: Module) -> tuple[str, ...]:
    """What all that is proven of an exercise asks for."""
    found = set(module.info.packages)
    with tempfile.TemporaryDirectory(prefix="grader-lock-") as folder:
        for root in exercise_trees(course, module, Path(folder)):
            paths = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
            found.update(read_requirements(root, paths).entries)
    return tuple(sorted(found))


def lock_proof(course: Course, module: Module, links: Path, upgrade: bool) -> None:
    """The lock of one exercise; none where nothing is left to lock."""
    path = course.exercises / module.folder.name / "proof.lock"
    overrides = load_overrides(course.root)
    lines = plan(overrides, link_folders=(), python=PYTHON, machine="x86_64", linux=True).lines
    with tempfile.TemporaryDirectory(prefix="grader-lock-") as folder:
        wanted, decided = Path(folder, "wanted.in"), Path(folder, "overrides.txt")
        wanted.write_text("\n".join(wanted_by(course, module)) + "\n", encoding="utf-8")
        decided.write_text("\n".join(lines) + "\n", encoding="utf-8")
        text = compiled(
            *(path, upgrade, str(wanted), "--overrides", str(decided), "--only-binary", ":all:"),
            *("--find-links", str(links), "--fork-strategy", "fewest"),
        )
    entries = list(_left(read_lock(text), overrides))
    if entries:
        write(path, entries)
    else:
        path.unlink(missing_ok=True)


def lock_tools(course: Course, upgrade: bool) -> None:
    """The lock of the tools of all suites; none where no suite has any."""
    path = course.checks / TOOLS_LOCK
    tools = [tool for module in course.modules for tool in module.info.tools]
    names = sorted({name for tool in tools for name in tool.distributions})
    if not names:
        path.unlink(missing_ok=True)
        return
    with tempfile.TemporaryDirectory(prefix="grader-lock-") as folder:
        wanted = Path(folder, "tools.in")
        wanted.write_text("\n".join(names) + "\n", encoding="utf-8")
        write(path, read_lock(compiled(path, upgrade, str(wanted), "--only-binary", ":all:")))


def _left(entries: Iterable[Locked], overrides: Overrides) -> Iterator[Locked]:
    """Those that the course does not decide on by itself."""
    sources = {source["name"] for source in overrides.sources}
    for entry in entries:
        decided = entry.name in overrides.override or entry.name in overrides.cpu or entry.name in sources
        if not decided and not overrides.excludes(entry.name):
            yield entry


def main() -> None:
    """Write all of them."""
    upgrade = "--upgrade" in sys.argv[1:]
    lock_ours(upgrade)
    course = load_course(ROOT)
    lock_tools(course, upgrade)
    with tempfile.TemporaryDirectory(prefix="grader-lock-") as folder:
        asked, links = Path(folder, "sources.json"), Path(folder, "wheels")
        links.mkdir()
        sources = load_overrides(course.root).sources
        asked.write_text(json.dumps({"index": default_index(), "sources": sources}), encoding="utf-8")
        script = str(Path(environment_sources.__file__))
        subprocess.run([sys.executable, "-I", "-S", script, str(asked), str(links)], check=True)
        for module in course.modules:
            lock_proof(course, module, links, upgrade)


if __name__ == "__main__":
    main()
