"""One environment, made once and cached: a virtual environment of wheels in the user's cache folder.

It is made in place under a lock, since a virtual environment cannot be moved, and is valid once its manifest is written.
No code of a package runs, nor its `.pth` files: the scripts that work on the environment are started without `site`.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

from packaging.utils import canonicalize_name

from grader.environment import bytecode as environment_bytecode
from grader.environment import source_builds as environment_sources
from grader.environment import stand_ins as environment_stand_ins
from grader.environment.overrides import EnvironmentPlan
from grader.environment.requirements import Requirements
from grader.environment.resolution.culprits import Trials, TrialsUsedUp, index_answers, smallest_failing
from grader.environment.resolution.outcome import Resolution
from grader.environment.resolution.resolve import resolve
from grader.environment.resolution.runner import Ran, Runner
from grader.environment.resolution.uv_messages import blame, fault
from grader.errors import EnvironmentFault
from grader.parsing.plain_data import parse_json
from grader.sandbox.lock import Locked
from grader.sandbox.package_index import default_index
from grader.user_cache import cache_folder, exclusive

_log = logging.getLogger(__name__)

#: Maximum attempts at installing: each one leaves out the wheels that failed to download or unpack before.
MAX_INSTALLS = 5
#: Free bytes required before an environment is made: one with torch takes 1 GB.
MIN_FREE_BYTES = 2 * 1024**3
#: The folder of a site for wheels made from source archives.
WHEELS = ".wheels"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """An installed student environment."""

    #: Folder on this machine, and its path for student processes: in a container it is mounted there, read-only.
    path: Path
    mount: str
    #: Path of its interpreter, for student processes.
    python: str
    #: Installed versions by package name, transitive dependencies included.
    installed: dict[str, str]
    #: Packages that were asked for and are not installed, each with the reason.
    missing: dict[str, str]
    #: Packages installed in another version than asked for, each with the reason.
    changed: dict[str, str]
    #: Other remarks by package name, e.g. that a stand-in replaces a part of it.
    notes: dict[str, str]
    #: The day as of which versions were chosen; empty if they are those of today.
    day: str
    digest: str

    @property
    def complete(self) -> bool:
        """True if everything that was asked for is installed."""
        return not self.missing


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where environments of one kind are kept, and their layout."""

    #: A folder below the cache; it holds uv's cache too, since hard links need one mount.
    folder: Path
    #: The path of that folder for commands and student processes.
    inside: str
    #: Path of the interpreter, relative to an environment.
    python: str
    #: What else makes two environments differ: interpreter, processor, system.
    kind: str


def find_or_make(
    requirements: Requirements,
    plan: EnvironmentPlan,
    site: Site,
    *,
    start: Callable[[str], AbstractContextManager[Runner]],
    progress: Callable[[str], None],
) -> Environment:
    """Return the environment for `requirements`: a cached one, or a new one.

    Args:
        start: starts a runner for uv, given the environment's digest; not called if the environment is cached.

    Raises:
        EnvironmentFault: no index, no disk space, no daemon, or a timeout.
    """
    parts = [requirements.digest, plan.digest, site.kind]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
    environment = _read(site, digest)
    if environment is not None:
        return environment
    with exclusive(site.folder / ".locks" / digest):
        environment = _read(site, digest)
        if environment is not None:
            return environment
        if shutil.disk_usage(site.folder).free < MIN_FREE_BYTES:
            raise EnvironmentFault(
                f"Less than {MIN_FREE_BYTES // 1024**3} GiB are free at {site.folder}.",
                "Free some space and grade again.",
            )
        progress(f"Installing the students' dependencies ({len(requirements.entries)} named) …")
        with start(digest) as runner:
            try:
                _make_wheels(plan, site, runner)
                resolution = resolve(requirements, plan, runner, progress)
                _install(resolution, requirements, plan, site, digest, runner)
            finally:
                shutil.rmtree(runner.folder, ignore_errors=True)
        _write(site, digest, resolution)
    environment = _read(site, digest)
    if environment is None:
        raise EnvironmentFault(f"The environment {digest} vanished after it was made.", "Grade again.")
    return environment


def work_folder(site: Site, digest: str) -> Path:
    """Return a folder for the files that uv reads and writes while it makes the environment `digest`."""
    folder = site.folder / ".work" / digest
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def with_wheels(site: Site, variables: Mapping[str, str]) -> dict[str, str]:
    """Return uv's variables, extended by the folder of wheels made from source archives."""
    (site.folder / WHEELS).mkdir(parents=True, exist_ok=True)
    links = filter(None, (variables.get("UV_FIND_LINKS"), f"{site.inside}/{WHEELS}"))
    return {**variables, "UV_FIND_LINKS": ",".join(links)}


def environments_folder(*parts: str) -> Path:
    """Return the folder where environments are kept."""
    return cache_folder("environments", *parts)


def _install(
    resolution: Resolution,
    requirements: Requirements,
    plan: EnvironmentPlan,
    site: Site,
    digest: str,
    runner: Runner,
) -> None:
    target, inside = site.folder / digest, f"{site.inside}/{digest}"
    # uv checks the hashes of the lines that have some.
    locked = {entry.pin: entry for entry in requirements.locked}
    python = f"{inside}/{site.python}"
    left_out = ""
    for turn in range(MAX_INSTALLS):
        if turn:
            _log.warning("retry %d of %d of the installation, without %s", turn, MAX_INSTALLS - 1, left_out)
        shutil.rmtree(target, ignore_errors=True)
        ran = runner.uv("venv", "--quiet", "--no-project", "--python", runner.python, inside)
        if ran.code != 0:
            raise EnvironmentFault(f"uv could not make a virtual environment: {_last(ran)}")
        if not resolution.pins:
            return
        ran = _install_pins(resolution.pins, resolution, python, locked, runner)
        if ran.code == 0:
            _put_stand_ins(plan, inside, runner)
            # A module that does not compile is not an error.
            _script(environment_bytecode, runner, inside, f"{site.inside}/.bytecode")
            return
        blamed = _blamed(ran, resolution, python, locked, runner)
        if not blamed:
            raise EnvironmentFault(f"uv could not install the dependencies: {_last(ran)}", "Grade again.")
        left_out = blamed[0]
        resolution.missing[left_out] = f"could not be installed: {_last(ran)}"
        del resolution.pins[left_out]
    raise EnvironmentFault(
        "Too many of the dependencies could not be installed.", "Check the package index; grade again."
    )


def _install_pins(
    names: Iterable[str], resolution: Resolution, python: str, locked: Mapping[str, Locked], runner: Runner
) -> Ran:
    pins = [f"{name}=={resolution.pins[name]}" for name in sorted(names)]
    lines = [" ".join([pin, *(locked[pin].options if pin in locked else ())]) for pin in pins]
    (runner.folder / "install.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return runner.uv(
        *("pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--link-mode", "hardlink"),
        *("--python", python, "--requirements", f"{runner.inside}/install.txt"),
        *(("--torch-backend", "cpu") if resolution.cpu_index else ()),
    )


def _blamed(
    ran: Ran, resolution: Resolution, python: str, locked: Mapping[str, Locked], runner: Runner
) -> list[str]:
    """Return the packages that failed to install: those that uv names, otherwise those found by trials."""
    whose = blame(ran.output)
    if whose == "ours":
        raise fault(ran.output)
    if whose == "theirs":
        named = re.findall(r"`?([A-Za-z0-9][\w.-]*)==[\w.+!-]+`?", ran.output)
        return [name for name in map(canonicalize_name, named) if name in resolution.pins]
    trials = Trials()

    def works(part: Sequence[str]) -> bool:
        trials.spend()
        return _install_pins(part, resolution, python, locked, runner).code == 0

    try:
        found = smallest_failing(sorted(resolution.pins), works)
    except TrialsUsedUp:
        return []
    # A failure while the index or the disk was unavailable proves nothing.
    if not index_answers(runner) or shutil.disk_usage(runner.folder).free < MIN_FREE_BYTES // 8:
        raise fault(ran.output)
    return found


def _make_wheels(plan: EnvironmentPlan, site: Site, runner: Runner) -> None:
    if plan.sources:
        data = json.dumps({"index": default_index(), "sources": plan.sources})
        (runner.folder / "sources.json").write_text(data, encoding="utf-8")
        _script(environment_sources, runner, f"{runner.inside}/sources.json", f"{site.inside}/{WHEELS}")


def _put_stand_ins(plan: EnvironmentPlan, inside: str, runner: Runner) -> None:
    if not plan.stand_ins.calls:
        return
    data = json.dumps(asdict(plan.stand_ins))
    (runner.folder / "stand_ins.json").write_text(data, encoding="utf-8")
    ran = _script(environment_stand_ins, runner, inside, f"{runner.inside}/stand_ins.json")
    if ran.code != 0:
        raise EnvironmentFault(f"The course's stand-ins could not be put in place: {_last(ran)}")


def _script(module: ModuleType, runner: Runner, *arguments: str) -> Ran:
    """Run a script of the grader in the environment, without `site`, so that no code of a package runs."""
    assert module.__file__ is not None
    script = runner.folder / Path(module.__file__).name
    shutil.copyfile(module.__file__, script)
    return runner.interpreter("-I", "-S", f"{runner.inside}/{script.name}", *arguments)


def _last(ran: Ran) -> str:
    return " ".join(ran.output.split())[-300:]


def _read(site: Site, digest: str) -> Environment | None:
    manifest = site.folder / ".manifests" / f"{digest}.json"
    try:
        data = parse_json(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    path = site.folder / digest
    if not path.is_dir():
        return None
    with suppress(OSError):
        # When it was used: `grader cache prune` goes by that.
        os.utime(manifest)
    mount = f"{site.inside}/{digest}"
    return Environment(path=path, mount=mount, python=f"{mount}/{site.python}", digest=digest, **data)


def _write(site: Site, digest: str, resolution: Resolution) -> None:
    folder = site.folder / ".manifests"
    folder.mkdir(exist_ok=True)
    data = {
        "installed": dict(sorted(resolution.pins.items())),
        "missing": dict(sorted(resolution.missing.items())),
        "changed": dict(sorted(resolution.changed.items())),
        "notes": {name: text for name, text in sorted(resolution.notes.items()) if name in resolution.pins},
        "day": resolution.day,
    }
    part = folder / f"{digest}.part"
    part.write_text(json.dumps(data, indent=1), encoding="utf-8")
    part.replace(folder / f"{digest}.json")
