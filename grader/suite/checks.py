"""What a check is: a title, what it is worth, what it bears on. Declared with `@check`, read without importing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

SCOPES = ("both", "exercises", "project")
ENVIRONMENTS = (None, "optional", "required")


@dataclass(frozen=True, kw_only=True)
class CheckSpec:
    """A check as its author declared it; see `check` for the meaning of each field."""

    title: str
    points: float = 1.0
    questions: tuple[int, ...] = ()
    boxes: tuple[str, ...] = ()
    hint: str = ""
    scope: str = "both"
    required: bool = True
    requires: tuple[str, ...] = ()
    environment: str | None = None
    timeout: float | None = None
    above: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.title or self.title != self.title.strip():
            raise ValueError("a check's title is a sentence without blanks around it")
        if not isinstance(self.points, int | float) or self.points < 0:
            raise ValueError(f"points is a number from 0 up, not {self.points!r}")
        if self.scope not in SCOPES:
            raise ValueError(f"scope is one of {', '.join(SCOPES)}, not {self.scope!r}")
        if self.environment not in ENVIRONMENTS:
            raise ValueError(f"environment is None, 'optional' or 'required', not {self.environment!r}")

    @classmethod
    def from_arguments(cls, title: str, **arguments: Any) -> CheckSpec:
        """Build a spec from what stands in a decorator; lists become tuples. Raises ValueError or TypeError."""
        for name in ("questions", "boxes", "requires", "above"):
            if name in arguments:
                arguments[name] = tuple(arguments[name])
        return cls(title=title, **arguments)


def check(
    title: str,
    *,
    points: float = 1.0,
    questions: Sequence[int] = (),
    boxes: Sequence[str] = (),
    hint: str = "",
    scope: Literal["both", "exercises", "project"] = "both",
    required: bool = True,
    requires: Sequence[str] = (),
    environment: Literal["optional", "required"] | None = None,
    timeout: float | None = None,
    above: Sequence[str] = (),
) -> Callable[[Function], Function]:
    """Make a test function a check. All arguments are literals, so that a plan is made without running a suite.

    Args:
        title: the sentence that holds when the check passes; students read it.
        points: what it is worth.
        questions: the numbers of the current edition's exam questions that it bears on.
        boxes: the ids of the checklist boxes that it bears on.
        hint: what to do when it fails; students read it.
        scope: whether it is planned for exercises, for projects, or for both.
        required: whether failing it makes the run end with exit code 1.
        requires: names of checks of this module (without `test_`) that must have passed, or this one is blocked.
        environment: whether the students' dependencies are installed first. `required` and not to be had makes
            the check not applicable; `optional` runs it without.
        timeout: wall seconds of the whole check, below the general limit.
        above: names (`.github`) that may lie above the folder where only a folder of a repository is graded. If one does,
            and the folder has none of that name, this check is not applicable unless it passes.
    """
    spec = CheckSpec.from_arguments(
        title,
        points=points,
        questions=questions,
        boxes=boxes,
        hint=hint,
        scope=scope,
        required=required,
        requires=requires,
        environment=environment,
        timeout=timeout,
        above=above,
    )

    def decorate(function: Function) -> Function:
        function.__grader_check__ = spec  # type: ignore[attr-defined]
        return function

    return decorate


def work(looked_for: str, *, above: Sequence[str] = ()) -> Callable[[Function], Function]:
    """Make a function the one that finds out whether a module was started at all.

    Args:
        looked_for: what counts as work and where it was looked for; students read it where nothing was found.
        above: names (`.github`) that may lie above the folder where only a folder of a repository is graded. If one does,
            and nothing was found in the folder, the module's checks are not applicable.
    """

    def decorate(function: Function) -> Function:
        function.__grader_work__ = looked_for  # type: ignore[attr-defined]
        function.__grader_above__ = tuple(above)  # type: ignore[attr-defined]
        return function

    return decorate


def spec_of(function: Any) -> CheckSpec | None:
    """The spec that `check` put on `function`, or None."""
    spec = getattr(function, "__grader_check__", None)
    return spec if isinstance(spec, CheckSpec) else None
