"""Excuses for a failed check: something that the students' code needs is missing where grading runs, through no fault of theirs.

It may be a package that could not be installed or is another version than asked for, and whatever `excuse_table` has: a
library of the system, a network, an account. In exercises only packages excuse, since their code may raise any text; in
projects what is excused decides nothing. Each excuse comes with the reason, which the student reads.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from grader.repository.dependencies.distributions import provides
from grader.suite.excuse_table import TABLE
from grader.suite.outcomes import ExcusedOutcome, StudentFault, unsteady

_NO_MODULE = re.compile(r"No module named '([\w.]+)'")
#: The innermost frame that lies in an installed package, as pytest and tracebacks write it.
_FRAME = re.compile(r"site-packages/(\w+)[\w/.-]*\.py(?:\", line \d+|:\d+)")
#: A module that lacks a name, or a part of itself: in another version it may have had it.
_NO_NAME = re.compile(
    r"module '([\w.]+)' has no attribute|cannot import name '\w+' from (?:partially initialized module )?'([\w.]+)'"
    r"|No module named '(\w+)\.[\w.]+'"
)

#: Kinds of excuses that may not hold another time.
_PASSING = ("limit", "network", "account")


@dataclass(frozen=True, kw_only=True)
class Excuses:
    """What the environment of the students' code lacks, and so what excuses a failure.

    Attributes:
        missing: packages that the submission asks for and that could not be installed, and why.
        alone: those of `missing` that the course leaves out by name: another package is not missing with them.
        changed: packages that are installed in another version than asked for, and which: what fails inside of one is excused.
        packages_only: whether only `missing` excuses, as in exercises: their code may raise any text.
    """

    missing: Mapping[str, str] = field(default_factory=dict)
    alone: Collection[str] = ()
    changed: Mapping[str, str] = field(default_factory=dict)
    packages_only: bool = False

    def of(self, problem: BaseException | None) -> BaseException | None:
        """Return `problem`, or an excused outcome if a student's code failed for something that is missing."""
        if not isinstance(problem, StudentFault) or problem.kind == "timeout":
            return problem
        said = "\n".join([problem.message, *(item.text for item in problem.evidence)])
        why = self.reason(said, network=True, companions=False)
        if not why and not self.packages_only:
            why = self._other_version(problem.inside)
        return ExcusedOutcome(why) if why else problem

    def reason(
        self, text: str, *, own: Collection[str] = (), network: bool = False, companions: bool = True
    ) -> str:
        """Return why a failure with `text` does not count against the students' code, or an empty string.

        Args:
            text: the text of the failure.
            own: top-level modules of the submission: their absence is never excused.
            network: whether a missing network, account or variable is an excuse, too.
            companions: whether a module that no missing package provides may be a dependency of one: those of a package that
                cannot be installed are unknown.
        """
        others = [name for name in self.missing if name not in self.alone]
        for found in _NO_MODULE.finditer(text):
            if found.group(1).partition(".")[0] not in own:
                known = others if companions and not self.packages_only else ()
                if package := reason_for(found.group(1), self.missing, known):
                    return f"It needs {package}"
        if self.packages_only:
            return ""
        for row in TABLE:
            if (row.own or network) and (why := row.of(text)):
                if row.kind in _PASSING:
                    unsteady(row.kind)
                return why
        return self._other_version(text)

    def _other_version(self, text: str) -> str:
        """Return which package failed inside, or lacks a name, if it is one in another version than asked for."""
        frames = _FRAME.findall(text)[-1:]
        lacking = [next(filter(None, found)) for found in _NO_NAME.findall(text)]
        for package, what in self.changed.items():
            if any(provides(package, module) for module in frames):
                return f"It fails inside of `{package}`, which is another version here: {what}."
            for module in lacking:
                if provides(package, module):
                    return f"`{module}` lacks what it asks for in another version of `{package}`: {what}."
        return ""


def reason_for(module: str, missing: Mapping[str, str], companions: Collection[str] = ()) -> str:
    """Return `package: why` for a module whose package could not be installed, or an empty string.

    Args:
        module: dotted, as the import names it.
        missing: packages that could not be installed, and why.
        companions: those of `missing` that may depend on other packages: a module that no missing package provides may be such
            a dependency. The dependencies of a package that cannot be installed are unknown.
    """
    for package, why in missing.items():
        if provides(package, module):
            return f"{package}, which could not be installed: {why}"
    for package in companions:
        return f"{module}, which may come with {package}; that could not be installed: {missing[package]}"
    return ""
