"""What a run tells while it goes on: a board that does nothing, for the command line to make one that shows."""

from __future__ import annotations

from dataclasses import dataclass

from grader.batch.worker import Finished, Order, Said


@dataclass(frozen=True, kw_only=True)
class HowFar:
    """How far a run is: of `total` submissions `done` are through; `left_s` seconds are left, None where nobody can tell."""

    done: int
    total: int
    left_s: float | None = None


class Board:
    """Told of all that happens in a run, in the process that runs the crew, one call after the other."""

    def opens(self, total: int, jobs: int) -> None:
        """Take how many submissions are wanted, and how many are graded at once."""

    def refuses(self, name: str, why: str) -> None:
        """Take a row of a group list that cannot be graded."""

    def remarks(self, line: str) -> None:
        """Take what there is to say of the class as a whole."""

    def starts(self, order: Order) -> None:
        """Take a submission that a process was given."""

    def says(self, order: Order, said: Said) -> None:
        """Take what is said of a submission while it is graded."""

    def ends(self, name: str, finished: Finished, far: HowFar) -> None:
        """Take the end of a submission: graded, the same as before, or not graded; `name` is its id, or its source."""

    def again(self, order: Order, why: str) -> None:
        """Take a submission that is graded again, since it lost its process."""

    def waits(self, names: list[str]) -> None:
        """Take the submissions that another run into the same folder is at, and that this one waits for."""

    def stops(self) -> None:
        """Take that the run was told to stop."""

    def close(self) -> None:
        """Take that nothing more happens."""
