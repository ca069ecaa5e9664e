"""Which checks have to report: the denominator of a run, made from the suites' syntax trees, outside the sandbox."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from grader.course.module import Check, Module, Profile


@dataclass(frozen=True, kw_only=True)
class CheckPlan:
    """Which checks have to report, module by module."""

    modules: tuple[tuple[Module, tuple[Check, ...]], ...]
    profile: Profile = "exercises"

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every planned check, in order."""
        return tuple(check for _, checks in self.modules for check in checks)

    @property
    def needs_environment(self) -> bool:
        """Whether any planned check wants the students' dependencies."""
        return any(check.spec.environment for check in self.checks)


def plan(modules: Iterable[Module], profile: Profile, only: Collection[str] | None = None) -> CheckPlan:
    """Return the checks of `modules` that a run with `profile` has to report; a module without any is left out.

    Args:
        modules: in order.
        profile: decides by the checks' scope.
        only: names of checks; what they require comes along. All of them by default.
    """
    chosen = [(module, _closure(module.planned(profile), only)) for module in modules]
    return CheckPlan(modules=tuple((module, checks) for module, checks in chosen if checks), profile=profile)


def _closure(checks: Sequence[Check], only: Collection[str] | None) -> tuple[Check, ...]:
    if only is None:
        return tuple(checks)
    wanted = set(only)
    # A check stands behind what it requires, so one pass from the end finds everything.
    for check in reversed(checks):
        if check.name in wanted:
            wanted.update(check.spec.requires)
    return tuple(check for check in checks if check.name in wanted)
