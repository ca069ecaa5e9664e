"""Annotations for GitHub Actions: workflow commands, to be printed to the step's log."""

from __future__ import annotations

from pathlib import Path

from grader.render import labels as words
from grader.render.escaping import command_data, command_property
from grader.render.next_steps import NextStep, agenda
from grader.render.reviewed import judgement_words as said
from grader.results import Result, Verdict

#: GitHub shows ten annotations of a kind a step, and drops the rest without a word.
MAX_ANNOTATIONS = 10


def render_github(result: Result, reports: Path | None = None) -> str:
    """Return workflow commands, one a line, worst first: at most ten errors and ten warnings, then a notice.

    Errors are required checks that failed or timed out and faults of the grader; warnings are the partly
    passed, the optional, and the exam report's contradicted claims. A notice counts what did not fit, and one says
    what people decided.
    """
    todo = agenda(result)
    errors = [_check("error", step) for step in todo.required if step.check.verdict is not Verdict.partial]
    errors += [_check("error", step) for step in todo.errors]
    warnings = [_check("warning", step) for step in todo.required if step.check.verdict is Verdict.partial]
    warnings += [
        _command(
            "warning",
            f"Question {question.number}: {claim.text} — {claim.why}",
            title=f"The exam report, question {question.number}",
            file=result.exam.report_path if result.exam else "",
        )
        for question, claim in todo.contradicted
    ]
    warnings += [_check("warning", step) for step in todo.optional]
    lines = errors[:MAX_ANNOTATIONS] + warnings[:MAX_ANNOTATIONS]
    rest = len(errors) + len(warnings) - len(lines)
    if rest:
        lines.append(
            _command("notice", f"{words.plural(rest, 'more finding')}: see the report.", title="Grader")
        )
    judged = said.lines(result)
    if judged:
        lines.append(_command("notice", "\n".join(judged), title="Judgement"))
    return "".join(f"{line}\n" for line in lines)


def _check(kind: str, step: NextStep) -> str:
    check = step.check
    message = check.message or check.title
    if check.verdict is Verdict.error:
        message = f"The grader's fault, not the submission's: {message}"
    elif check.hint:
        message = f"{message}\nHint: {check.hint}"
    evidence = next((found for found in check.evidence if found.path), None)
    return _command(
        kind,
        message,
        title=f"{step.module.id} {check.title} ({words.label(check.verdict)})",
        file=evidence.path if evidence else "",
        line=evidence.line if evidence else None,
    )


def _command(kind: str, message: str, *, title: str, file: str = "", line: int | None = None) -> str:
    properties = [f"file={command_property(file, 1000)}"] if file else []
    if file and line:
        properties.append(f"line={line}")
    properties.append(f"title={command_property(title, 200)}")
    return f"::{kind} {','.join(properties)}::{command_data(message, 2000)}"
