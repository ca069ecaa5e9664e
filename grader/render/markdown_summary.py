"""A Markdown summary for a CI run's page: the verdict, what to do next, a table by module."""

from __future__ import annotations

from pathlib import Path

from grader.render import claim_summary as standing
from grader.render import labels as words
from grader.render.escaping import markdown
from grader.render.findings import Group, grouped, lead
from grader.render.next_steps import NextStep, agenda, cannot_tell, headline, worst_first
from grader.render.reviewed import judgement_words as said
from grader.results import ModuleResult, ModuleVerdict, Result

#: GitHub drops a summary over 1 MiB whole, and one summary holds those of all steps' jobs: we stay well
#: below.
MAX_SUMMARY_BYTES = 256 * 1024


def render_markdown(result: Result, reports: Path | None = None) -> str:
    """Return `result` as GitHub's Markdown, worst first, in at most 256 KiB; what is left out says so."""
    todo = agenda(result)
    lines = [f"## {markdown(headline(result)[0])}", "", _facts(result), ""]
    judged = said.lines(result)
    if judged:
        lines += [f"**{markdown(judged[0])}**", ""]
    figures = standing.said(result)
    if figures:
        lines += [*(f"- {figure}" for figure in figures), ""]
    if not result.grader.isolated:
        lines += [
            "> Ran without isolation: the submission's code had the rights of whoever started the grader.",
            "",
        ]
    if todo.errors:
        lines += [
            f"> {words.plural(len(todo.errors), 'check')} could not be graded: "
            "the grader's fault, which costs no points.",
            "",
        ]
    end = ["", "The whole report, with all evidence, is `report.html` among this run's artifacts.", ""]
    room = MAX_SUMMARY_BYTES - _size(lines) - _size(end) - 200
    blocks = (
        [["### What to do next", ""], *([_step(step)] for step in todo.required)] if todo.required else []
    )
    if judged:
        # What people decided is few lines, and the last to be left out.
        heading = [["### Judgement", ""]]
        blocks = [*heading, *([f"- {markdown(line)}"] for line in judged[1:]), [""], *blocks]
    blocks += [
        ["", "### Modules", "", "| | Module | Verdict | Points |", "|---|---|---|---:|"],
        *([_module(module)] for module in worst_first(result.modules)),
    ]
    found = grouped(result.findings)
    if found:
        blocks.append(["", "### Committed secrets", "", lead(result), ""])
        blocks += [[_finding(one)] for one in found]
    if todo.contradicted:
        blocks.append(["", "### The exam report says otherwise", ""])
        blocks += [
            [f"- **Question {question.number}**: {markdown(claim.text, 300)} — {markdown(claim.why, 300)}"]
            for question, claim in todo.contradicted
        ]
    fallen = standing.fallen_ticks(result)
    if fallen:
        blocks.append(["", "### Ticked, but not borne out", ""])
        blocks += [
            [f"- **{markdown(box.id, 20)}** {markdown(box.label, 200)} — {markdown(box.why, 300)}"]
            for box in fallen
        ]
    left_out = 0
    for block in blocks:
        if not left_out and _size(block) <= room:
            room -= _size(block)
            lines += block
        else:
            left_out += 1
    if left_out:
        lines += ["", f"_{words.plural(left_out, 'more entry', 'more entries')} did not fit here._"]
    return "\n".join(lines + end)


def _size(lines: list[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)


def _facts(result: Result) -> str:
    submission, summary = result.submission, result.summary
    provenance = (
        "official run" if submission.provenance == "official" else "unverified: made by the student's own run"
    )
    facts = [
        f"**{markdown(words.points(summary.points, summary.max_points))}**",
        f"{summary.modules_passed} of {words.plural(len(result.modules), 'module')} passed",
        f"`{submission.commit[:12]}`" if submission.commit.isalnum() else "no commit",
        provenance,
    ]
    if untold := cannot_tell(result):
        facts.append(f"{words.plural(untold, 'check')} cannot be told here")
    if summary.modules_reused:
        facts.append(f"{words.plural(summary.modules_reused, 'suite')} reused")
    if submission.dirty:
        facts.append("with uncommitted changes")
    return " · ".join(facts)


def _step(step: NextStep) -> str:
    check = step.check
    where = next((words.place(evidence) for evidence in check.evidence if evidence.path), "")
    parts = [f"1. **{markdown(step.module.id)} {markdown(check.title)}** ({words.label(check.verdict)}"]
    parts.append(f", +{markdown(words.number(step.gain))})" if step.gain else ")")
    if check.message:
        parts.append(f" — {markdown(check.message, 500)}")
    if where and not words.told(check):
        parts.append(f" (at {markdown(where, 200)})")
    if check.hint:
        parts.append(f"<br>Hint: {markdown(check.hint, 500)}")
    return "".join(parts)


def _finding(found: Group) -> str:
    places = ", ".join(markdown(words.place(place), 200) for place in found.places[:3])
    more = len(found.places) - 3
    if more > 0:
        places += f" and {words.plural(more, 'more place')}"
    return f"- **{markdown(found.rule, 100)}**: {places} — {markdown(found.message, 300)}"


def _module(module: ModuleResult) -> str:
    gained = f"{words.number(module.points)} / {words.number(module.max_points)}"
    if module.verdict in {ModuleVerdict.not_applicable, ModuleVerdict.not_started}:
        gained = "–"
    verdict = words.label(module.verdict)
    name = f"{markdown(module.id, 20)} {markdown(module.title, 120)}"
    return f"| {words.symbol(module.verdict)} | {name} | {verdict} | {gained} |"
