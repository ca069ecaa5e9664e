"""A command of the students' code that ended by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.suite.outcomes import StudentFault
from grader.suite.student.launch import Ended, fault_of_end
from grader.suite.student.processes.frames import raised_in


@dataclass(frozen=True, kw_only=True)
class Completed:
    """A command that ended by itself. Its output is text, cut to the limits (`cut` tells whether).

    `changed` names the files that it made or changed, sorted, if `student.run` was asked for them; at most 2,000. `root` is the
    folder that the students' files lie below.
    """

    argv: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str
    cut: bool
    duration_s: float
    changed: tuple[str, ...] = ()
    root: str = ""

    @property
    def output(self) -> str:
        """stdout, then stderr. Example: `student.run(["python", "main.py", "--help"]).output`."""
        return self.stdout + self.stderr

    def succeeded(self) -> Completed:
        """Return the command if its exit code is 0, or fail the check with the end of its output.

        Of an exception the message is shown, and as evidence the lines of the students' files that led to it.

        Example: `student.run(["python", "main.py"]).succeeded().stdout`
        """
        if self.returncode:
            raised = raised_in(self.stderr, self.root) if self.root else None
            tail = raised.said if raised else "\n".join(self.output.strip().splitlines()[-6:])[-600:]
            said = f" It said: {tail}" if tail else ""
            raise StudentFault(
                "command",
                f"`{' '.join(self.argv)}` ended with exit code {self.returncode}.{said}",
                raised.frames if raised else (),
                inside=raised.inside if raised else "",
            )
        return self


def completed(argv: Sequence[str], ended: Ended, what: str, root: str = "") -> Completed:
    """Return the command that ended so; the students' files lie below `root`.

    Raises:
        StudentFault: a limit or a signal ended it; it says `what` that was.
    """
    if (fault := fault_of_end(ended, what)) is not None:
        raise fault
    return Completed(
        argv=tuple(argv),
        returncode=ended.returncode,
        stdout=ended.stdout.decode("utf-8", "replace"),
        stderr=ended.stderr.decode("utf-8", "replace"),
        cut=ended.stdout_cut or ended.stderr_cut,
        duration_s=ended.duration_s,
        root=root,
    )
