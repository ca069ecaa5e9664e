"""Whether lock files match the declarations: every dependency is named, in a version that it allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from packaging.utils import canonicalize_name

from grader.parsing.plain_shapes import table
from grader.repository.dependencies.dependencies import Declarations
from grader.repository.dependencies.lock_files import KINDS, Lock, compiled_from, is_part, plain
from grader.repository.dependencies.requirement import Dependency
from grader.repository.faults import Evidence, SubmissionFault, evidence, tolerant
from grader.repository.files import MAX_TEXT_BYTES
from grader.repository.formats.yaml_data import MAX_BYTES as MAX_YAML_BYTES
from grader.repository.parsed_view import ParsedView


@dataclass
class Locks:
    """The lock files of a repository, compared with its declarations.

    found: the readable ones. too_large: paths of those above the size limit. broken: the faults of the others.
    misfits: by path of the lock, the places where it does not match. governed: by path of the lock, the
    dependencies that it is for.
    """

    found: list[Lock] = field(default_factory=list)
    too_large: list[str] = field(default_factory=list)
    broken: list[SubmissionFault] = field(default_factory=list)
    misfits: dict[str, list[Evidence]] = field(default_factory=dict)
    governed: dict[str, list[Dependency]] = field(default_factory=dict)

    def fixes(self, one: Dependency) -> bool:
        """Return whether a lock names a dependency in a version that it allows.

        A dependency from an address has to be one of those that the lock was made for.
        """
        if one.url:
            return any(
                one.name in lock.versions and one in self.governed.get(lock.path, []) for lock in self.found
            )
        return any(any(map(one.allows, lock.versions.get(one.name, ()))) for lock in self.found)


def locks(view: ParsedView, declared: Declarations) -> Locks:
    """Read every lock file, and compare each with the files that it is made from."""
    return _Fitting(view, declared).all()


class _Fitting:
    def __init__(self, view: ParsedView, declared: Declarations) -> None:
        self.view = view
        self.declared = declared
        self.result = Locks()

    def all(self) -> Locks:
        for glob, sources, read in KINDS:
            for path in self.view.files(glob):
                limit = MAX_YAML_BYTES if path.endswith(("pixi.lock", ".yml")) else MAX_TEXT_BYTES
                try:
                    if len(self.view.bytes(path)) > limit:
                        self.result.too_large.append(path)
                        continue
                    if self.view.text(path).strip():
                        lock = read(self.view.text(path), path)
                        self.fit(lock, self.governed(lock, sources))
                except SubmissionFault as problem:
                    self.result.broken.append(problem)
        self.requirements()
        return self.result

    def governed(self, lock: Lock, sources: tuple[str, ...]) -> list[Dependency]:
        """Return the dependencies of the files of those names beside a lock, and in the folders of its members."""
        folders = {lock.folder, *(_joined(lock.folder, member) for member in lock.members)}
        paths = {_joined(folder, name) for folder in folders for name in sources}
        found = [one for one in self.named if one.path in paths or self._stands_for(one) in paths]
        return found if lock.groups is None else [one for one in found if one.group in lock.groups]

    def fit(self, lock: Lock, governed: list[Dependency]) -> None:
        """Compare a lock with the dependencies that it is for."""
        self.result.found.append(lock)
        self.result.governed[lock.path] = governed
        found = [*self._stale(lock), *self._missing(lock, governed)]
        if found:
            self.result.misfits[lock.path] = list(dict.fromkeys(found))

    @cached_property
    def named(self) -> list[Dependency]:
        return [one for one in self.declared.wanted if one.name]

    def _stands_for(self, one: Dependency) -> str:
        """Return the pyproject.toml that a requirements file is a part of."""
        return self.declared.dynamic.get(one.path, one.path)

    def _missing(self, lock: Lock, governed: list[Dependency]) -> Iterator[Evidence]:
        asked = {name for wanted in lock.asked.values() for name, _ in wanted}
        for one in governed:
            versions = lock.versions.get(one.name)
            # A lock omits dependencies that no system or Python version of the project needs.
            if versions is None and not (one.marker and (one.name in asked or not lock.asked)):
                yield evidence(one.path, one.line, f"`{lock.path}` does not name {one.name}")
            elif versions and one.name not in lock.overridden and not any(map(one.allows, versions)):
                has = ", ".join(f"{one.name} {version}" for version in sorted(versions)[:3])
                yield evidence(one.path, one.line, f"`{lock.path}` has {has}; declared is {one.said}")

    def _stale(self, lock: Lock) -> Iterator[Evidence]:
        """Yield where the lock was made for older declarations; only uv's format records that."""
        if not lock.path.endswith("uv.lock"):
            return
        for folder in sorted({"", *lock.members}):
            path = _joined(_joined(lock.folder, folder), "pyproject.toml")
            name = self._project(path)
            if name and lock.members.get(folder) != name:
                yield evidence(path, None, f"`{lock.path}` does not name the project {name} itself")
            elif name in lock.asked and path in self.declared.read and not self._is_computed(path):
                yield from self._differences(lock, path, lock.asked[name])

    def _project(self, path: str) -> str:
        """Return the normalised name of the project that a pyproject.toml describes; empty if it describes none."""
        name = table(tolerant(self.view.toml, path), "project").get("name")
        return str(canonicalize_name(name)) if isinstance(name, str) else ""

    def _is_computed(self, path: str) -> bool:
        """Return whether a build tool computes the dependencies in a way that is not read here."""
        dynamic = self.view.toml(path)["project"].get("dynamic")
        computed = isinstance(dynamic, list) and (
            "dependencies" in dynamic or "optional-dependencies" in dynamic
        )
        return computed and path not in self.declared.dynamic.values()

    def _differences(self, lock: Lock, path: str, asked: set[tuple[str, str]]) -> Iterator[Evidence]:
        declared: dict[str, list[Dependency]] = defaultdict(list)
        for one in [*self.declared.named, *self.declared.constraints]:
            if one.path == path or self._stands_for(one) == path:
                declared[one.name].append(one)
        made_for: dict[str, set[str]] = defaultdict(set)
        for name, specifier in asked:
            made_for[name].add(specifier)
        for name, ones in declared.items():
            bounds = {plain(one.specifier) for one in ones}
            if name not in made_for:
                yield evidence(path, ones[0].line, f"`{lock.path}` was made before {name} was declared")
            elif bounds != made_for[name] and not any(one.url for one in ones):
                old = " and ".join(f"{name}{specifier}" for specifier in sorted(made_for[name]))
                yield evidence(
                    path, ones[0].line, f"`{lock.path}` was made for {old}; declared is {ones[0].said}"
                )
        for name in sorted(set(made_for) - set(declared)):
            yield evidence(path, None, f"`{lock.path}` was made when {name} was declared, too")

    def requirements(self) -> None:
        """Compare requirements files that are locks: made by pip-compile or uv, or by `pip freeze` beside a loose declaration."""
        by_path: dict[str, list[Dependency]] = defaultdict(list)
        for one in self.named:
            by_path[one.path].append(one)
        made: list[Lock] = []
        for path, ones in by_path.items():
            if not path.endswith(".txt") or path in self.declared.dynamic:
                continue
            text, lock = self.view.text(path), Lock(path)
            for one in ones:
                exact = one.specifier.startswith("==") and "*" not in one.specifier
                lock.add(one.name, one.specifier[2:] if exact else None)
            sources = compiled_from(text)
            beside = self._made_from(lock, sources, by_path)
            if beside and not is_part(text) and (sources is not None or _is_frozen(lock, ones, beside)):
                self.fit(lock, beside)
                made.append(lock)
        for lock in made:
            self._excuse(lock)

    def _made_from(
        self, lock: Lock, sources: list[str] | None, by_path: dict[str, list[Dependency]]
    ) -> list[Dependency]:
        stem = lock.path.rpartition("/")[2].removesuffix(".txt")
        likely = [[name] for name in (f"{stem}.in", "requirements.in", "pyproject.toml")]
        for names in [sources] if sources else likely:
            paths = {_joined(lock.folder, name) for name in names}
            found = [one for path in sorted(paths) for one in by_path.get(path, [])]
            # Extras and groups are in such a file only if they were requested.
            found = [one for one in found if not (one.group and one.path.endswith("pyproject.toml"))]
            if found:
                return found
        return []

    def _excuse(self, lock: Lock) -> None:
        """Drop the misfits of a requirements file if another lock of the same declarations matches."""
        governed = set(self.result.governed[lock.path])
        for other in self.result.found:
            fits = other.path not in self.result.misfits
            if fits and governed and governed <= set(self.result.governed[other.path]):
                self.result.misfits.pop(lock.path, None)


def _is_frozen(lock: Lock, ones: list[Dependency], beside: list[Dependency]) -> bool:
    """Return whether a file is output of `pip freeze`: only exact versions, and of most of the declared dependencies."""
    held = [one for one in beside if one.name in lock.versions]
    exact = all(one.url or one.specifier.startswith("==") for one in ones)
    return lock.path.endswith("requirements.txt") and exact and 2 * len(held) >= len(beside)


def _joined(folder: str, name: str) -> str:
    return "/".join(part for part in (folder, name) if part)
