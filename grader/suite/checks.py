"""The declaration of a check: its title, its points and what it is evidence for.

A check is declared with `@check`; the planner reads the declaration from the syntax tree, without importing the suite.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

SCOPES = ("both", "exercises", "project")
ENVIRONMENTS = (None, "optional", "required")
REQUIRED = (True, False, "exercises")


@dataclass(frozen=True, kw_only=True)
class CheckSpec:
    """A check as its author declared it; see `check` for the meaning of each field."""

    title: str
    points: float = 1.0
    questions: tuple[int, ...] = ()
    boxes: tuple[str, ...] = ()
    hint: str = ""
    scope: str = "both"
    required: bool | str = True
    requires: tuple[str, ...] = ()
    environment: str | None = None
    timeout: float | None = None
    above: tuple[str, ...] = ()

    def is_required(self, profile: str) -> bool:
        """Return whether a failure counts as one of something required, in a profile."""
        return self.required is True or (self.required == "exercises" and profile == "exercises")

    def __post_init__(self) -> None:
        if not self.title or self.title != self.title.strip():
            raise ValueError("a check's title is a sentence without blanks around it")
        if not isinstance(self.points, int | float) or self.points < 0:
            raise ValueError(f"points is a number from 0 up, not {self.points!r}")
        if self.scope not in SCOPES:
            raise ValueError(f"scope is one of {', '.join(SCOPES)}, not {self.scope!r}")
        if self.required not in REQUIRED:
            raise ValueError(f"required is True, False or 'exercises', not {self.required!r}")
        if self.environment not in ENVIRONMENTS:
            raise ValueError(f"environment is None, 'optional' or 'required', not {self.environment!r}")
        if self.scope == "exercises" and self.boxes:
            raise ValueError("a check of exercises bears on no box of a project: leave out `boxes`")

    @classmethod
    def from_arguments(cls, title: str, **arguments: Any) -> CheckSpec:
        """Build a spec from a decorator's arguments; lists become tuples. Raise ValueError or TypeError if one is invalid."""
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
    required: bool | Literal["exercises"] = True,
    requires: Sequence[str] = (),
    environment: Literal["optional", "required"] | None = None,
    timeout: float | None = None,
    above: Sequence[str] = (),
) -> Callable[[Function], Function]:
    """Declare a test function as a check. All arguments must be literals, so that the plan is made without running a suite.

    Args:
        title: the sentence that is true when the check passes; shown to students.
        points: the maximum points of the check.
        questions: numbers of the current edition's exam questions that the check is evidence for.
        boxes: ids of the checklist boxes that the check is evidence for; none with the scope `exercises`.
        hint: what to do if the check fails; shown to students.
        scope: whether the check is planned for exercises, for projects, or for both.
        required: whether a failure makes the run end with exit code 1. Of a project that holds only for what is broken (a
            workflow that GitHub rejects, a committed secret); `exercises` is for what a project may lack.
        requires: names of checks of the same module (without `test_`) that must pass first; otherwise this check is blocked.
        environment: whether the students' dependencies are installed first. If the installation is not possible,
            `required` makes the check not applicable, and `optional` runs it without them.
        timeout: wall seconds for the whole check, below the general limit.
        above: names (`.github`) that may lie above the graded folder if only a folder of a repository is graded. If one
            does, and the folder has none of that name, this check is not applicable unless it passes.

    Example:
        @check("Every image starts from a pinned base", points=2, questions=[15], hint="`FROM python:3.12`, not `FROM python`")
        def test_base_images_are_pinned(submission):
            for dockerfile in submission.dockerfiles():
                for stage in dockerfile.stages:
                    assert stage.pinned, dockerfile.evidence(stage.line, "no tag and no digest")
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
    """Declare a function that decides whether work on a module was started at all.

    Args:
        looked_for: what counts as work and where the grader looked for it; shown to students if nothing was found.
        above: names (`.github`) that may lie above the graded folder if only a folder of a repository is graded. If one
            does, and nothing was found in the folder, the module's checks are not applicable.

    Example:
        @work("a Dockerfile: `Dockerfile*`, `*.dockerfile`, `*.docker`, in any folder")
        def find_work(submission):
            return bool(submission.dockerfiles())
    """

    def decorate(function: Function) -> Function:
        function.__grader_work__ = looked_for  # type: ignore[attr-defined]
        function.__grader_above__ = tuple(above)  # type: ignore[attr-defined]
        return function

    return decorate


def spec_of(function: Any) -> CheckSpec | None:
    """Return the spec that `check` attached to `function`, or None."""
    spec = getattr(function, "__grader_check__", None)
    return spec if isinstance(spec, CheckSpec) else None
