"""Resolve what students ask for to exact versions, and report by name what is missing and why.

uv resolves. If it finds no solution, its message names the conflicting requirements; if the message cannot be parsed,
trials of parts of the requirements find them. A conflict is relaxed step by step: constraints from a lock file are
dropped first, then pins, then other bounds; in the end the package is left out. Nothing is installed while
resolving: no code of a package runs with access to the network or the shared cache.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from grader.environment.overrides import EnvironmentPlan, asked
from grader.environment.requirements import Requirements
from grader.environment.resolution.commit_day import CommitDay
from grader.environment.resolution.culprits import Trials, TrialsUsedUp, index_answers, smallest_failing
from grader.environment.resolution.other_versions import newer_than_the_day, other_than_asked
from grader.environment.resolution.outcome import Resolution
from grader.environment.resolution.runner import Ran, Runner
from grader.environment.resolution.uv_messages import blame, fault, is_absent, names, reason, required, short
from grader.errors import EnvironmentFault

_log = logging.getLogger(__name__)

#: Maximum attempts at all requirements together, and maximum seconds, before they are tried one by one.
MAX_ATTEMPTS = 40
TOGETHER_S = 150.0
#: After so many attempts, or seconds, drop all versions at once: a frozen list of another machine has dozens of conflicts.
STRICT_ATTEMPTS = 12
STRICT_S = 60.0
#: Maximum requirements tried one by one, and maximum seconds for them.
MAX_SINGLE = 100
SINGLE_S = 200.0
#: Maximum packages of one environment, transitive dependencies included.
MAX_PACKAGES = 600
MAX_PINS_BYTES = 256 * 1024


def resolve(
    requirements: Requirements, plan: EnvironmentPlan, runner: Runner, progress: Callable[[str], None]
) -> Resolution:
    """Find versions for as many of `requirements` as are available as wheels.

    Raises:
        EnvironmentFault: no index answers, or a timeout.
    """
    work = _Work(requirements, plan, runner)
    wanted = asked(requirements.entries)
    started = time.monotonic()
    found = work.attempt()
    attempts = 1
    while (
        found is None
        and not work.stuck
        and attempts < MAX_ATTEMPTS
        and time.monotonic() - started < TOGETHER_S
    ):
        if attempts == STRICT_ATTEMPTS or time.monotonic() - started > STRICT_S:
            work.give_up_versions()
        _log.info("retry %d of %d of the resolution", attempts, MAX_ATTEMPTS - 1)
        found = work.attempt()
        attempts += 1
    if found is None:
        progress("The students' dependencies do not go together; trying them one by one …")
        found = work.one_by_one()
    if len(found) > MAX_PACKAGES:
        why = f"the dependencies come to {len(found)} packages; the limit is {MAX_PACKAGES}"
        return Resolution(missing=work.missing | dict.fromkeys(wanted, why))
    result = Resolution(missing=dict(work.missing), cpu_index=work.plan.cpu_index, day=work.day.day)
    result.notes = dict.fromkeys(sorted(work.day.undated & set(wanted)), "in a version of today")
    for name, version in found.items():
        why = work.plan.reason(name)
        if not why:
            result.pins[name] = version
            if name in work.plan.note:
                result.notes[name] = work.plan.note[name]
        elif name in work.plan.cpu:
            result.missing[name] = why
    result.changed = work.newer_than_the_day(result.pins, wanted)
    result.changed |= other_than_asked(result.pins, wanted, requirements.constraints)
    for name, other in work.plan.substitutes.items():
        if name in result.pins:
            version = result.pins.pop(name)
            result.pins[other] = version
            result.changed[name] = f"{other} {version} stands in its place"
    return result


class _Work:
    """The requirements that are left after relaxing and leaving out."""

    def __init__(self, requirements: Requirements, plan: EnvironmentPlan, runner: Runner) -> None:
        self.requirements, self.plan, self.runner = requirements, plan, runner
        self.entries = asked(requirements.entries)
        self.constraints = {Requirement(line).name: line for line in requirements.constraints}
        self.missing: dict[str, str] = {}
        #: True if uv named nothing that could be relaxed.
        self.stuck = False
        self._trials = Trials()
        self._exclude()
        self.day = CommitDay("")
        if requirements.day:
            self.day = CommitDay(requirements.day, self._decided())

    def attempt(self) -> dict[str, str] | None:
        """Resolve all that is left; on failure, relax something for the next attempt and return None."""
        ran, pins = self._compile([entry for entries in self.entries.values() for entry in entries])
        if ran.code == 0:
            return self._of_the_day(pins)
        if not self.day.give_way(ran.output) and not self._is_the_day_s_fault(ran.output):
            self._give_up(ran.output)
        return None

    def _decided(self) -> set[str]:
        """Return the packages that the course decides on, with all that they need."""
        found = {source["name"] for source in self.plan.sources}
        for line in self.plan.lines:
            found |= {Requirement(line).name, *self._compile([Requirement(line)], {})[1]}
        return found

    def _of_the_day(self, pins: dict[str, str]) -> dict[str, str]:
        """Return `pins`, with today's versions of those that were as old two years before the day."""
        if not self.day.day:
            return pins
        entries = [entry for entries in self.entries.values() for entry in entries]
        ran, before = self._compile(entries, older=True)
        old = {name for name, version in pins.items() if before.get(name) == version}
        old -= self.day.exempt | self.day.undated
        if ran.code != 0 or not old:
            return pins
        self.day.exempt |= old
        ran, newer = self._compile(entries)
        return newer if ran.code == 0 else pins

    def _is_the_day_s_fault(self, output: str) -> bool:
        """Leave out the day if all resolves without it, and return whether it does. An index may have no dates."""
        if not self.day.day or self.day.is_innocent or blame(output) == "ours":
            return False
        day, self.day = self.day, CommitDay("")
        ran, _ = self._compile([entry for entries in self.entries.values() for entry in entries])
        if ran.code == 0:
            return True
        self.day = day
        self.day.is_innocent = True
        return False

    def newer_than_the_day(
        self, pins: Mapping[str, str], wanted: Mapping[str, Sequence[Requirement]]
    ) -> dict[str, str]:
        """Return the packages that are newer than the day, and what is there; none if no day was asked for."""
        asked_day, everything, plan = self.requirements.day, self.day, self.plan
        if not asked_day:
            return {}

        def chosen(entries: Sequence[Requirement], dated: bool) -> dict[str, str] | None:
            # The index has dates; the course's own versions, and PyTorch's index, have none.
            self.day = CommitDay(asked_day if dated else "")
            self.plan = replace(plan, lines=(), cpu_index=False)
            try:
                ran, found = self._compile(entries, {}, alone=True)
            finally:
                self.day, self.plan = everything, plan
            return found if ran.code == 0 else None

        free = everything.exempt | everything.undated
        return newer_than_the_day(pins, wanted, free, asked_day, chosen, has_dates=bool(everything.day))

    def give_up_versions(self) -> None:
        """Drop all versions and the day; the next attempts find out which packages do not exist."""
        self.day.drop()
        self.constraints = {}
        self.entries = {name: [_bare(entry) for entry in entries] for name, entries in self.entries.items()}

    def one_by_one(self) -> dict[str, str]:
        """Add one requirement at a time if it resolves with those added before, without its version if necessary."""
        taken: list[Requirement] = []
        pins: dict[str, str] = {}
        self.constraints = {}
        self.day.drop()
        started = time.monotonic()
        for number, (name, entries) in enumerate(self.entries.items()):
            late = number >= MAX_SINGLE or time.monotonic() - started > SINGLE_S
            for tried in () if late else (entries, [_bare(entry) for entry in entries]):
                ran, found = self._compile([*taken, *tried])
                if ran.code == 0:
                    taken, pins = [*taken, *tried], found
                    break
                if blame(ran.output) == "ours":
                    raise fault(ran.output)
            else:
                self.missing[name] = (
                    "not tried: too many dependencies at odds" if late else self._why_not(ran.output, name)
                )
        return pins

    def _why_not(self, output: str, name: str) -> str:
        if blame(output) == "theirs":
            return reason(output, name)
        if not self._all_is_well():
            raise fault(output)
        return _told_by_trials([name], output)

    def _all_is_well(self) -> bool:
        """Return whether uv, the index and the disk work, for when uv's message does not tell."""
        probe = self.plan.cpu[:1] if self.plan.cpu_index else ()
        return index_answers(self.runner, *probe, cpu_index=self.plan.cpu_index)

    def _exclude(self) -> None:
        for name in list(self.entries):
            if why := self.plan.reason(name):
                self.missing[name] = why
                del self.entries[name]

    def _compile(
        self,
        entries: Sequence[Requirement],
        bounds: Mapping[str, str] | None = None,
        *,
        older: bool = False,
        alone: bool = False,
    ) -> tuple[Ran, dict[str, str]]:
        runner = self.runner
        # The overrides' versions take precedence over a lock file.
        overridden = {Requirement(line).name for line in self.plan.lines}
        bounds = self.constraints if bounds is None else bounds
        constraints = [line for name, line in bounds.items() if name not in overridden]
        files = {"wanted": map(str, entries), "constraints": constraints, "overrides": self.plan.lines}
        for name, lines in files.items():
            (runner.folder / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        pins = runner.folder / "pins.txt"
        pins.unlink(missing_ok=True)
        ran = runner.uv(
            *("pip", "compile", f"{runner.inside}/wanted.txt", "--output-file", f"{runner.inside}/pins.txt"),
            *(
                "--constraints",
                f"{runner.inside}/constraints.txt",
                "--overrides",
                f"{runner.inside}/overrides.txt",
            ),
            *("--python", runner.python, "--only-binary", ":all:", "--no-header", "--no-annotate", "--quiet"),
            *(("--torch-backend", "cpu") if self.plan.cpu_index else ()),
            *(("--no-deps",) if alone else ()),
            *self.day.options(older=older),
        )
        if ran.code != 0:
            return ran, {}
        if not pins.is_file():
            raise EnvironmentFault(
                "uv wrote nothing that this machine can see.", "Is the Docker daemon on this machine?"
            )
        return ran, dict(
            line.split("==", 1) for line in _lines(pins) if re.fullmatch(r"[\w.-]+==[\w.+!-]+", line)
        )

    def _give_up(self, output: str) -> None:
        whose = blame(output)
        if whose == "theirs":
            mentioned = names(output)
            self._loosen(mentioned, required(output) or mentioned, output)
        elif whose == "ours" or not self._all_is_well():
            self._do_without_cpu_index(output)
        else:
            self._search(output)

    def _do_without_cpu_index(self, output: str) -> None:
        if not self.plan.cpu_index:
            raise fault(output)
        self.plan = self.plan.without_cpu_index()
        self._exclude()

    def _loosen(self, mentioned: set[str], wanted: set[str], output: str) -> None:
        if bound := mentioned & set(self.constraints):
            for name in bound:
                del self.constraints[name]
        elif culprits := [name for name in self.entries if name in wanted]:
            self._relax(culprits, output)
        elif self.constraints:
            self.constraints = {}
        else:
            self.stuck = True

    def _search(self, output: str) -> None:
        """Find the conflict by trials of parts, and relax it as if uv had named it."""

        def works(part: Sequence[tuple[str, str]]) -> bool:
            self._trials.spend()
            entries = [entry for kind, name in part if kind == "entry" for entry in self.entries[name]]
            lines = {name: self.constraints[name] for kind, name in part if kind == "constraint"}
            return self._compile(entries, lines)[0].code == 0

        # Constraints last: if the entries conflict by themselves, no constraint is to blame.
        parts = [("entry", name) for name in self.entries]
        parts += [("constraint", name) for name in self.constraints]
        try:
            found = smallest_failing(parts, works)
        except TrialsUsedUp:
            self.stuck = True
            return
        if not self._all_is_well():  # A failure while the index was unavailable proves nothing.
            raise fault(output)
        if not found:
            return
        bound = {name for kind, name in found if kind == "constraint"}
        self._loosen(bound, {name for kind, name in found if kind == "entry"}, output)

    def _relax(self, culprits: Sequence[str], output: str) -> None:
        absent = [name for name in culprits if is_absent(output, name)]
        pinned = [
            name for name in culprits if any("==" in str(entry.specifier) for entry in self.entries[name])
        ]
        bounded = [name for name in culprits if any(entry.specifier for entry in self.entries[name])]
        if absent:
            self._drop(absent[0], reason(output, absent[0]))
        elif pinned or bounded:
            for name in pinned or bounded:
                self.entries[name] = [_bare(entry) for entry in self.entries[name]]
        elif blame(output) == "unknown":
            self._drop(culprits[0], _told_by_trials(culprits, output))
        else:
            self._drop(culprits[0], reason(output, culprits[0]))

    def _drop(self, name: str, why: str) -> None:
        self.missing[name] = why
        del self.entries[name]


def _bare(entry: Requirement) -> Requirement:
    bare = Requirement(str(entry))
    bare.specifier = SpecifierSet()
    return bare


def _told_by_trials(culprits: Sequence[str], output: str) -> str:
    if len(culprits) == 1:
        return f"no version of it can be had with the others; uv said: {short(output)}"
    return f"does not go with {', '.join(culprits[1:])}; uv said: {short(output)}"


def _lines(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as file:
        return [line.strip() for line in file.read(MAX_PINS_BYTES).splitlines()]
