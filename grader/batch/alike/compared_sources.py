"""What is compared: sources as `grade` takes them, what an output folder was graded from, and repositories of earlier years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch.groups import GroupRow, read_groups
from grader.batch.hand_ins import HandIn, hand_ins
from grader.batch.revisited.out_folder import is_out_folder, read_out_folder
from grader.results import GroupInfo
from grader.submission.source import shown


@dataclass(frozen=True, kw_only=True)
class SourceToCompare:
    """A source: its id, where it is and how it may be shown, whose it is, the commit, if not the last, and why it cannot be had.

    Attributes:
        nothing: nothing was handed in, which is nobody's fault here.
    """

    id: str
    source: str
    shown: str
    members: tuple[str, ...] = ()
    commit: str = ""
    earlier: bool = False
    problem: str = ""
    nothing: bool = False


def of_this_year(sources: Sequence[str | GroupRow], *, pseudonymous: bool) -> list[SourceToCompare]:
    """Return what is handed in. An output folder of `grade` stands for all that was graded in it, each at its commit.

    Raises:
        UsageError: an output folder is damaged.
        ResultError: a result in it is.
    """
    wanted: list[str | GroupRow] = []
    commits: list[str] = []
    for source in sources:
        if isinstance(source, str) and is_out_folder(Path(source)):
            for row, commit in _graded(Path(source)):
                wanted.append(row)
                commits.append(commit)
        else:
            wanted.append(source)
            commits.append("")
    found = [_of_hand_in(one) for one in hand_ins(wanted, pseudonymous=pseudonymous)]
    return [replace(one, commit=commit) for one, commit in zip(found, commits, strict=True)]


def of_earlier_years(
    folders: Sequence[Path], taken: Sequence[SourceToCompare], *, pseudonymous: bool
) -> list[SourceToCompare]:
    """Return the repositories in folders, or group lists, of earlier years. Their ids begin with the folder's name.

    Raises:
        UsageError: there is nothing in one of them.
    """
    ids = {one.id for one in taken}
    found = []
    for number, folder in enumerate(folders, 1):
        name = folder.resolve().name
        for one in hand_ins(read_groups(folder, allow_local=True), pseudonymous=pseudonymous):
            own = f"{name}/{one.wanted.id}"
            own = f"{own} ({number})" if own in ids else own
            ids.add(own)
            found.append(replace(_of_hand_in(one), id=own, earlier=True))
    return found


def _graded(path: Path) -> list[tuple[GroupRow, str]]:
    folder = read_out_folder(path)
    rows = []
    for name in folder.ids:
        about = folder.result(name).submission
        hidden = about.source == about.id
        row = GroupRow(
            id=name,
            source=about.source,
            text=shown(about.source),
            info=about.group or GroupInfo(name=name),
            place=f"{path.name}/{name}",
            problem="it was graded without names, and only its own source tells where it is"
            if hidden
            else "",
            local=True,
        )
        rows.append((row, about.commit))
    for missing in folder.ungraded:
        info = GroupInfo(name=missing.id)
        problem = f"it was not graded: {missing.reason}"
        row = GroupRow(
            id=missing.id, source="", text=shown(missing.source), info=info, place=missing.id, problem=problem
        )
        rows.append((row, ""))
    return rows


def _of_hand_in(one: HandIn) -> SourceToCompare:
    return SourceToCompare(
        id=one.wanted.id,
        source=one.source,
        shown=one.wanted.source,
        members=one.group.members if one.group else (),
        problem=one.problem,
        nothing=one.nothing,
    )
