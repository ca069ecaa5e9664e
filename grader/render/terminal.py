"""The result in a terminal: a table by module, then what to do next."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.render import claim_summary as standing
from grader.render import labels as words
from grader.render.escaping import terminal
from grader.render.findings import grouped, lead
from grader.render.next_steps import NextStep, agenda, cannot_tell, groups, headline
from grader.results import ModuleVerdict, Result

#: Secrets and ticks that are named here; the report has them all.
_FINDINGS, _TICKS = 10, 10

_STYLES = {
    "passed": "green",
    "failed": "bold red",
    "timeout": "bold red",
    "partial": "yellow",
    "error": "bold magenta",
    "blocked": "dim",
    "not_started": "dim",
    "not_applicable": "dim",
    "neutral": "bold",
}


def print_result(result: Result, console: Console, *, evidence: int = 3) -> None:
    """Print `result`: modules, then the checks that did not pass with message, hint and evidence.

    Texts of the submission are printed as plain text: no markup, no escape sequence, no workflow command. At
    most `evidence` places a check are shown.
    """
    todo = agenda(result)
    _print_modules(result, console)
    for heading, steps in groups(result):
        if steps:
            console.print(
                Text(f"\n{heading}: {words.plural(len(steps), 'check')} did not pass\n", style="bold")
            )
            for step in steps:
                _print_step(step, console, evidence)
    waiting = _waiting(result)
    if waiting:
        console.print(
            Text(
                f"\n{words.plural(len(waiting), 'check waits', 'checks wait')} for another one: "
                + ", ".join(terminal(name, 100) for name in waiting)
            )
        )
    if todo.errors:
        console.print(
            Text(
                f"\n{words.plural(len(todo.errors), 'check')} could not be graded: "
                "the grader's fault, no points lost\n",
                "bold magenta",
            )
        )
        for step in todo.errors:
            _print_step(step, console, evidence)
    if todo.contradicted:
        console.print(Text("\nThe exam report says otherwise\n", style="bold"))
        for question, claim in todo.contradicted:
            text = f"Question {question.number}: {terminal(claim.text, 300)}\n{terminal(claim.why, 500)}"
            console.print(Padding(Text(text), (0, 0, 0, 2)))
    _print_fallen_ticks(result, console)
    _print_findings(result, console, evidence)
    figures = standing.said(result)
    if figures:
        console.print(Text("\n" + "\n".join(figures)))
    line, kind = headline(result)
    summary, untold = result.summary, cannot_tell(result)
    total = Text.assemble(
        "\n",
        (line, _STYLES[kind]),
        f" · {words.points(summary.points, summary.max_points)}",
        f" · {words.plural(untold, 'check')} cannot be told here" if untold else "",
        f" · {words.plural(summary.modules_reused, 'suite')} reused" if summary.modules_reused else "",
        f" · {words.duration(result.duration_s)}",
    )
    console.print(total)
    if not result.grader.isolated:
        console.print(Text("Ran without isolation: for your own code only.", style="yellow"))


def _print_fallen_ticks(result: Result, console: Console) -> None:
    fallen = standing.fallen_ticks(result)
    if not fallen:
        return
    console.print(Text("\nTicked, but not borne out\n", style="bold"))
    for box in fallen[:_TICKS]:
        text = f"{terminal(box.id, 20)} {terminal(box.label, 200)}\n{terminal(box.why, 300)}".rstrip()
        console.print(Padding(Text(text), (0, 0, 0, 2)))
    if len(fallen) > _TICKS:
        rest = f"… and {words.plural(len(fallen) - _TICKS, 'more box', 'more boxes')}: see the report"
        console.print(Padding(Text(rest, style="dim"), (0, 0, 0, 2)))


def _print_findings(result: Result, console: Console, most: int) -> None:
    found = grouped(result.findings)
    if not found:
        return
    console.print(Text(f"\n{lead(result)}\n", style="bold red"))
    for one in found[:_FINDINGS]:
        console.print(Padding(Text(terminal(one.rule, 100), style="bold"), (0, 0, 0, 2)))
        for place in one.places[:most]:
            console.print(Padding(Text(terminal(words.place(place), 300), style="cyan"), (0, 0, 0, 4)))
        if len(one.places) > most:
            rest = f"… and {words.plural(len(one.places) - most, 'more place')}: see the report"
            console.print(Padding(Text(rest, style="dim"), (0, 0, 0, 4)))
        console.print(Padding(Text(terminal(one.message, 500)), (0, 0, 0, 4)))
    if len(found) > _FINDINGS:
        rest = f"… and {words.plural(len(found) - _FINDINGS, 'more secret')}: see the report"
        console.print(Padding(Text(rest, style="dim"), (0, 0, 0, 2)))


def _waiting(result: Result) -> list[str]:
    """Return the ids of checks that another check blocks, in modules with work."""
    started = [module for module in result.modules if module.verdict is not ModuleVerdict.not_started]
    return [check.id for module in started for check in module.checks if check.verdict == "blocked"]


def _print_modules(result: Result, console: Console) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("Module", overflow="fold", ratio=1)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Checks", justify="right", no_wrap=True)
    table.add_column("Points", justify="right", no_wrap=True)
    for module in result.modules:
        quiet = module.verdict in {ModuleVerdict.not_applicable, ModuleVerdict.not_started}
        counted = [check for check in module.checks if check.verdict != "not_applicable"]
        passed = sum(check.verdict == "passed" for check in counted)
        verdict = f"{words.symbol(module.verdict)} {words.label(module.verdict)}"
        table.add_row(
            Text(f"{terminal(module.id, 20)} {terminal(module.title, 80)}", style="dim" if quiet else ""),
            Text(verdict, style=_STYLES[module.verdict]),
            Text("" if quiet else f"{passed}/{len(counted)}"),
            Text("" if quiet else f"{words.number(module.points)}/{words.number(module.max_points)}"),
        )
    console.print(table)
    for module in result.modules:
        if where := words.graded_folder(module):
            console.print(
                Padding(Text(f"{terminal(module.id, 20)}: {terminal(where, 800)}", style="dim"), (0, 0, 0, 2))
            )


def _print_step(step: NextStep, console: Console, evidence: int) -> None:
    check = step.check
    head = Text.assemble(
        (f"{words.symbol(check.verdict)} {words.label(check.verdict)}", _STYLES[check.verdict]),
        f"  {terminal(step.module.id, 20)} ",
        (terminal(check.title, 300), "bold"),
        (f"  +{words.number(step.gain)}" if step.gain and check.verdict != "error" else "", "dim"),
    )
    console.print(Padding(head, (0, 0, 0, 2)))
    if check.message and not words.told(check):
        console.print(Padding(Text(terminal(check.message, 2000)), (0, 0, 0, 4)))
    for found in check.evidence[:evidence]:
        place = Text(terminal(words.place(found), 300), style="cyan")
        if found.text:
            place.append(
                f"  {terminal(found.text.strip().splitlines()[0] if found.text.strip() else '', 160)}",
                style="dim",
            )
        console.print(Padding(place, (0, 0, 0, 4)))
    if len(check.evidence) > evidence:
        console.print(
            Padding(
                Text(
                    f"… and {words.plural(len(check.evidence) - evidence, 'more place')}: see the report",
                    style="dim",
                ),
                (0, 0, 0, 4),
            )
        )
    if check.hint:
        console.print(Padding(Text.assemble(("Hint: ", "bold"), terminal(check.hint, 1000)), (0, 0, 0, 4)))
    console.print()
