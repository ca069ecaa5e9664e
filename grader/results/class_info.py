"""What a submission is in its class: whose it is, and which of its commits a deadline left."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from grader.results.verdicts import Model


class GroupInfo(Model):
    """The row of a group list that a submission was graded for; `members` as the list names them.

    `number` is None where the list has a name instead. `notes` say what is odd about the row: a repository that two rows name.
    """

    number: int | None = None
    name: str = ""
    members: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class DeadlineInfo(Model):
    """Which commit a deadline left, and by which date that was decided.

    `decided_by` is `fetched` where we had the commit before the deadline (our clock), `pushed` where the forge said when it
    came (its clock), else `committer`: the date that the commit claims, which its author chose. `later` counts the commits of
    the default branch that are not in what was graded; `later_from` and `later_until` are the first and the last date among
    them. `notes` name what makes a claimed date doubtful.
    """

    at: datetime
    decided_by: Literal["committer", "fetched", "pushed"]
    why: str = ""
    branch: str = ""
    later: int = 0
    later_from: datetime | None = None
    later_until: datetime | None = None
    notes: tuple[str, ...] = ()
