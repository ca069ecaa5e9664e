"""What people decided, from `--overrides` into reports and overviews; what was not applied is always said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.markup import escape

from grader.cli.options import problems, tell
from grader.render.escaping import one_line, terminal
from grader.render.reviewed import judgement_words as said
from grader.results import Result, judgement_of
from grader.review import OverridesFile, judge, read_overrides, strangers


def read_given(overrides: Path | None) -> OverridesFile | None:
    """Read the file that `--overrides` names, before anything is graded or written. Raises UsageError."""
    return read_overrides(overrides) if overrides is not None else None


def note(text: str) -> None:
    """Print a note on stderr, as plain text in a line."""
    problems.print(f"[yellow]note:[/] {escape(terminal(one_line(text)))}", highlight=False, soft_wrap=True)


def result_places(paths: Sequence[Path]) -> list[Path]:
    """Return where the results are that a person names: an output folder of `grade` stands for all of its results."""
    found: list[Path] = []
    for path in paths:
        if (path / "submissions").is_dir() and not (path / "result.json").exists():
            from grader.batch.revisited.out_folder import read_out_folder

            folder = read_out_folder(path)
            found += [folder.folder(name) for name in folder.ids]
        else:
            found.append(path)
    return found


def judge_results(
    read: Sequence[tuple[Path, Result]], overrides: OverridesFile | None
) -> list[tuple[Path, Result]]:
    """Judge results, and say of each what was applied and what was not."""
    if overrides is None:
        return list(read)
    judged = [(path, judge(result, overrides)) for path, result in read]
    _say(overrides, [result for _, result in judged])
    return judged


def renew_overviews(
    paths: Sequence[Path],
    judged: Mapping[Path, Result],
    overrides: OverridesFile | None,
    reports: Path,
    hide: Callable[[Result], Result] | None = None,
) -> list[Path]:
    """Write the overviews of the output folders among `paths` anew, from results as they were judged; return them.

    `hide` takes the names out of a result, where they are to be hidden.
    """
    written = []
    for path in filter(has_overview, paths):
        from grader.batch.revisited.out_folder import renew_overview

        renew_overview(path, judged, overrides, reports=reports, hide=hide)
        written.append(path / "index.html")
    return written


def has_overview(path: Path) -> bool:
    """Return whether a path that was given is an output folder, whose overview is to be written again."""
    return (path / "submissions").is_dir() and not (path / "result.json").exists()


def judged_before(out: Path) -> frozenset[str]:
    """Return the submissions of an output folder whose reports show what people decided."""
    from grader.batch.revisited.out_folder import is_out_folder, read_out_folder

    return read_out_folder(out).judged if is_out_folder(out) else frozenset()


def judge_class(
    out: Path,
    before: frozenset[str],
    overrides: OverridesFile | None,
    *,
    formats: Sequence[str],
    reports: Path,
) -> None:
    """Show in a class that was graded what people decided; without overrides, take out what reports showed `before`."""
    if overrides is None and not before:
        return
    from grader.batch.revisited.out_folder import judge_folder

    results = judge_folder(out, before, overrides, formats=formats, reports=reports)
    if overrides is None:
        names = ", ".join(sorted(before))
        note(
            f"Reports showed what people decided ({names}); without --overrides they show the machine's alone."
        )
    else:
        _say(overrides, results)


def _say(overrides: OverridesFile, results: Sequence[Result]) -> None:
    for result in results:
        judgement = judgement_of(result)
        if judgement is None:
            continue
        name = result.submission.id
        tell(terminal(one_line(f"{name}: {said.total(judgement)}; {said.counted(judgement)}")))
        for one in judgement.not_applied:
            note(f"{name}: not applied: {said.not_applied_line(one)}")
    others = strangers(overrides, {result.submission.id for result in results})
    if others:
        first = ", ".join(dict.fromkeys(f"{one.group} (line {one.line})" for one in others[:5]))
        more = f" and {len(others) - 5} more" if len(others) > 5 else ""
        note(f"not applied, of groups that are not here: {first}{more}")
