"""An output folder of `grade`, read again: its results, what was not graded, and its overview with what people decided."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import render
from grader.batch.overview import SUMMARY, folder_of, overview_lock, write_files
from grader.errors import UsageError, path_error
from grader.parsing.plain_data import DataError, parse_json
from grader.parsing.plain_shapes import records, table
from grader.render.pseudonymous import NameHider
from grader.results import Result, judgement_of, read_result
from grader.review import OverridesFile, judge, strangers
from grader.submission.source import slug

#: Ids that stand for a number of a group list, or for a source that was hidden.
_NOBODYS_ID = re.compile(r"group-\d+|submission-[0-9a-f]{10}|not-graded-\d+")
_MAX_SUMMARY_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class OutFolder:
    """What `summary.json` says of an output folder.

    Attributes:
        ids: of the submissions that were graded, in the overview's order.
        ungraded: those that were not.
        judged: the submissions whose reports show what people decided.
    """

    path: Path
    ids: tuple[str, ...]
    ungraded: tuple[render.Ungraded, ...]
    judged: frozenset[str]

    def folder(self, name: str) -> Path:
        """Return the folder of a submission's reports."""
        return folder_of(self.path, name)

    def result(self, name: str) -> Result:
        """Return the result of a submission. Raises ResultError."""
        return read_result(self.folder(name))


def is_out_folder(path: Path) -> bool:
    """Return whether `grade` has written its overview there."""
    return (path / SUMMARY).is_file() and (path / "submissions").is_dir()


def read_out_folder(path: Path) -> OutFolder:
    """Read what an output folder says of itself.

    Raises:
        UsageError: it is none, or its `summary.json` is damaged.
    """
    file = path / SUMMARY
    try:
        with file.open("rb") as opened:
            data = parse_json(opened.read(_MAX_SUMMARY_BYTES))
    except DataError as problem:
        raise UsageError(
            f"{file} is damaged: {problem}.", "Grade again: what stands is not graded twice."
        ) from problem
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            f"{path} is no output folder of `grader grade`: it has no {SUMMARY}.",
            "Give the folder that --out named.",
        ) from None
    except OSError as problem:
        raise path_error(file, problem) from problem
    graded = [str(name) for name in table(data, "graded")]
    for name in graded:
        if Path(name).name != name or name == "..":
            raise UsageError(f"{file} names {name!r}, which is no submission.", "Grade again.")
    # Folders of earlier versions name sources alone.
    missing = [
        render.Ungraded(
            id=str(one.get("id") or slug(str(one.get("source", "")))),
            source=str(one.get("source", "")),
            reason=str(one.get("reason", "")),
        )
        for one in records(data, "not_graded")
    ]
    return OutFolder(
        path=path,
        ids=tuple(graded),
        ungraded=tuple(missing),
        judged=frozenset(str(name) for name in table(data, "judgement")),
    )


def judge_folder(
    path: Path,
    before: frozenset[str],
    overrides: OverridesFile | None,
    *,
    formats: Sequence[str],
    reports: Path,
) -> list[Result]:
    """Render again what people decided of: the overview, and the reports of each submission that is judged, or was `before`.

    No `result.json` is touched: what the machine found stays as it was written.
    """
    shown = [one for one in formats if one != "json"]

    def rendered(folder: OutFolder, name: str) -> Result:
        # No overview reads the inventory, and those of a class would fill the memory.
        result = judge(folder.result(name).model_copy(update={"inventory": None}), overrides)
        if judgement_of(result) is not None or name in before:
            render.write_reports(result, folder.folder(name), shown, reports)
        return result

    return _renew(path, overrides, reports, rendered)


def renew_overview(
    path: Path,
    judged: Mapping[Path, Result],
    overrides: OverridesFile | None,
    *,
    reports: Path,
    hide: Callable[[Result], Result] | None = None,
) -> None:
    """Write the overview anew from results that were `judged`, by their folder; one that came since is judged, too.

    `hide` takes the names out of a result where they are to be hidden; they are then taken out of what was not graded, too.
    """

    def known(folder: OutFolder, name: str) -> Result:
        found = judged.get(folder.folder(name))
        if found is not None:
            return found
        result = folder.result(name)
        return judge(hide(result) if hide else result, overrides)

    _renew(path, overrides, reports, known, hide_ungraded=hide is not None)


def _renew(
    path: Path,
    overrides: OverridesFile | None,
    reports: Path,
    result_of: Callable[[OutFolder, str], Result],
    *,
    hide_ungraded: bool = False,
) -> list[Result]:
    with overview_lock(path):
        folder = read_out_folder(path)
        results = [result_of(folder, name) for name in folder.ids]
        unknown = strangers(overrides, folder.ids) if overrides else []
        named = [f"{one.target.name} of {one.group} (line {one.line})" for one in unknown]
        ungraded = folder.ungraded
        if hide_ungraded:
            ungraded = tuple(_hidden(one, number) for number, one in enumerate(ungraded, 1))
        write_files(path, results, ungraded, reports, strangers=named)
    return results


def _hidden(one: render.Ungraded, number: int) -> render.Ungraded:
    """Return what was not graded without names: a source tells its owner, and so may an id that is made of one."""
    name = one.id if _NOBODYS_ID.fullmatch(one.id) else f"not-graded-{number}"
    reason = one.reason
    for text in (one.source, one.id):
        reason = reason.replace(text, name) if text else reason
    return render.Ungraded(id=name, source=name, reason=NameHider(one.source, (), name).text(reason))
