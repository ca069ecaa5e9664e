"""JUnit XML: a suite a module, a case a check, for any CI that shows tests."""

from __future__ import annotations

import math
from pathlib import Path
from xml.etree import ElementTree

from grader.render import labels as words
from grader.render.escaping import xml
from grader.render.reviewed import judgement_words as said
from grader.results import (
    Applied,
    CheckResult,
    Judgement,
    ModuleResult,
    ModuleVerdict,
    Result,
    Verdict,
    judgement_of,
)

_FAILED = {Verdict.failed, Verdict.partial, Verdict.timeout}


def render_junit(result: Result, reports: Path | None = None) -> str:
    """Return `result` as JUnit XML.

    `failure` is what the exit code counts: a required check that did not pass. `error` is the grader's own
    fault. `skipped` is everything else that did not run or decides nothing, with the reason. What people decided changes no
    case: it stands in the output of its check, and all of it as properties of a suite of its own without cases.
    """
    root = ElementTree.Element("testsuites", name=xml(f"grader {result.grader.version}"))
    judgement = judgement_of(result)
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for module in result.modules:
        suite = ElementTree.SubElement(root, "testsuite", name=xml(f"{module.id} {module.title}"))
        for check in module.checks:
            _case(suite, module, check, judgement.of("check", check.id) if judgement else None)
        counts = {
            "tests": len(module.checks),
            "failures": len(suite.findall("testcase/failure")),
            "errors": len(suite.findall("testcase/error")),
            "skipped": len(suite.findall("testcase/skipped")),
        }
        for name, count in counts.items():
            suite.set(name, str(count))
            totals[name] += count
        suite.set("time", _seconds(sum(check.duration_s for check in module.checks)))
        suite.set("timestamp", result.started_at.strftime("%Y-%m-%dT%H:%M:%S"))
    if judgement is not None:
        _judgement(root, result, judgement)
    for name, count in totals.items():
        root.set(name, str(count))
    root.set("time", _seconds(result.duration_s))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _judgement(root: ElementTree.Element, result: Result, judgement: Judgement) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name="Judgement", tests="0", failures="0", errors="0")
    properties = ElementTree.SubElement(suite, "properties")
    figures = {
        "points": judgement.points,
        "max_points": judgement.max_points,
        "machine_points": result.summary.points,
        "machine_max_points": result.summary.max_points,
    }
    for name, figure in figures.items():
        ElementTree.SubElement(properties, "property", name=name, value=words.number(figure))
    for line in said.lines(result)[1:]:
        ElementTree.SubElement(properties, "property", name="override", value=xml(line))


def _case(
    suite: ElementTree.Element, module: ModuleResult, check: CheckResult, judged: Applied | None
) -> None:
    case = ElementTree.SubElement(
        suite, "testcase", classname=xml(module.id), name=xml(check.title), time=_seconds(check.duration_s)
    )
    if check.evidence and check.evidence[0].path:
        case.set("file", xml(check.evidence[0].path, 1000))
        if check.evidence[0].line:
            case.set("line", str(check.evidence[0].line))
    kind, prefix = _outcome(module, check)
    if kind:
        reason = f"{prefix}{check.message or module.message or words.label(check.verdict)}"
        outcome = ElementTree.SubElement(case, kind, message=xml(reason.split("\n")[0], 300))
        if kind != "skipped":
            outcome.set("type", check.verdict.value)
            outcome.text = xml("\n".join(_details(check)))
    found = [f"{m.name} = {words.value(m.value)} {m.unit}".rstrip() for m in check.measurements]
    output = [xml("\n".join(found), 8_000)] if found else []
    if judged is not None:
        output.append(xml(f"Judgement: {said.applied_line(judged)}"))
    if output:
        ElementTree.SubElement(case, "system-out").text = "\n".join(output)


def _outcome(module: ModuleResult, check: CheckResult) -> tuple[str, str]:
    if check.verdict is Verdict.passed:
        return "", ""
    if check.verdict is Verdict.error:
        return "error", "The grader's fault, not the submission's: "
    if check.verdict in _FAILED and module.verdict is not ModuleVerdict.not_started:
        return ("failure", "") if check.required else ("skipped", f"Optional, {words.label(check.verdict)}: ")
    return "skipped", f"{words.label(check.verdict).capitalize()}: "


def _details(check: CheckResult) -> list[str]:
    lines = [f"{words.label(check.verdict)}, {words.points(check.points, check.max_points)}", check.message]
    if check.hint:
        lines.append(f"Hint: {check.hint}")
    for evidence in check.evidence:
        lines.append(f"{words.place(evidence)}: {evidence.text}" if evidence.text else words.place(evidence))
    return [line for line in lines if line]


def _seconds(amount: float) -> str:
    return f"{amount:.3f}" if math.isfinite(amount) else "0.000"
