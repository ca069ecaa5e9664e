"""`overrides.toml` from the command line: written, shown beside the machine's verdict, refused with a line, never silent."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from grader.results import OverrideTarget, Verdict, read_result
from grader.review import OverridesFile, find, parse_overrides
from tests.command_line import Ended, run
from tests.graded_class import PINNED, official, with_check, write_class
from tests.html_page import Page
from tests.render_sample import HOSTILE

GROUP = "out/submissions/group-07"
WHO = ("--by", "A. Teacher", "--reason", "Pinned by a build argument.")


def entry(**changes: object) -> str:
    """An entry that is right for the sample's failed check, but for `changes` (None leaves a key out)."""
    seen = find(official(), OverrideTarget(kind="check", id=PINNED))
    assert seen is not None
    keys: dict[str, object] = {
        "group": '"group-07"',
        "check": f'"{PINNED}"',
        "seen": f'"{seen.digest}"',
        "verdict": '"passed"',
        "by": '"A. Teacher"',
        "date": "2026-01-24",
        "reason": '"Pinned by a build argument."',
        **changes,
    }
    lines = [f"{key} = {value}" for key, value in keys.items() if value is not None]
    return "\n".join(["[[override]]", *lines, ""])


def judge(*arguments: str) -> Ended:
    done = run("override", GROUP, *arguments, *WHO, "--into", "overrides.toml")
    assert done.returncode == 0, done.stderr
    return done


def report(*arguments: str) -> Ended:
    done = run("report", "out", "--overrides", "overrides.toml", *arguments)
    assert done.returncode == 0, done.stderr
    return done


def rows() -> dict[str, dict[str, str]]:
    with Path("out/grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def page(name: str = f"{GROUP}/report.html") -> Page:
    return Page(Path(name).read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def graded(here: None) -> None:
    write_class(Path("out"))


def test_everything_that_can_be_judged_is_listed_with_its_digest() -> None:
    done = run("override", GROUP)
    assert done.returncode == 0, done.stderr
    kinds = {line.split()[1] for line in done.stdout.splitlines()}
    assert kinds == {"the", "check", "question", "statement", "box"}
    assert len({line.split()[0] for line in done.stdout.splitlines()}) == len(done.stdout.splitlines())


def test_an_entry_is_printed_to_be_filled_in_and_refused_until_it_is() -> None:
    printed = run("override", GROUP, "check", PINNED).stdout
    assert printed.startswith("[[override]]")
    assert "the machine: failed, 0 of 2 points" in printed
    Path("overrides.toml").write_text(printed)
    done = run("report", "out", "--overrides", "overrides.toml")
    assert done.returncode == 2
    for said in ("line 5: a check is passed", "line 6: `by` is empty", "line 8: `reason` is empty"):
        assert said in done.stderr


def test_points_of_the_machine_and_after_judgement_stand_side_by_side() -> None:
    judge("check", PINNED, "--verdict", "passed", "--comment", "Say it in the README.")
    judge("question", "7", "--points", "1.5")
    before = rows_before = official().summary.points
    said = report("--format", "html,junit,markdown,github").stdout
    assert f"group-07: After judgement: {before + 3.5:g} of 21 points; 2 overrides applied" in said
    row = rows()["group-07"]
    assert (row["points"], row["points_after_judgement"]) == (f"{before:g}", f"{rows_before + 3.5:g}")
    assert (row["overrides"], row["overrides_not_applied"]) == ("2", "0")
    untouched = rows()["group-01"]
    assert untouched["points"] == untouched["points_after_judgement"]
    text = page().text
    assert "After judgement" in text
    assert "Pinned by a build argument." in text
    assert "A. Teacher" in text
    assert "Say it in the README." in text
    assert "after judgement" in page("out/index.html").text
    markdown = Path(GROUP, "summary.md").read_text()
    assert "After judgement" in markdown
    assert "### Judgement" in markdown
    assert "::notice title=Judgement::" in Path(GROUP, "annotations.txt").read_text()
    summary = json.loads(Path("out/summary.json").read_text())
    assert summary["judgement"]["group-07"]["points"] == before + 3.5
    assert summary["graded"]["group-07"]["points"] == before


def test_the_machines_verdicts_stay_as_they_are() -> None:
    written = Path(GROUP, "result.json").read_bytes()
    run("report", "out", "--format", "json,junit")
    machine = Path(GROUP, "result.json").read_bytes()
    cases = ElementTree.parse(Path(GROUP, "junit.xml")).getroot().attrib
    judge("check", PINNED, "--verdict", "passed")
    report("--format", "json,junit")
    assert Path(GROUP, "result.json").read_bytes() == machine
    assert b"Pinned by a build argument" not in written + machine
    judged = ElementTree.parse(Path(GROUP, "junit.xml")).getroot()
    assert judged.attrib == cases
    failed = [case for case in judged.iter("testcase") if case.find("failure") is not None]
    assert sum("Judgement: check" in (case.findtext("system-out") or "") for case in failed) == 1
    properties = {one.get("name"): one.get("value") for one in judged.iter("property")}
    assert properties["points"] != properties["machine_points"]


def test_a_judgement_beside_each_kind_of_target() -> None:
    listed = run("override", GROUP).stdout.splitlines()
    statement = next(line.split()[2] for line in listed if line.split()[1] == "statement")
    judge("check", PINNED, "--points", "1")
    judge("question", "7", "--verdict", "partial")
    judge("box", "w1-12", "--verdict", "supported")
    judge("statement", statement, "--verdict", "supported")
    judge("group", "--verdict", "failed", "--points", "5")
    report()
    tags = [
        attributes for _, attributes in page().tags if "judgement" in (attributes.get("class") or "").split()
    ]
    assert len(tags) == 4
    row = rows()["group-07"]
    assert (row["judgement"], row["points_after_judgement"]) == ("failed", "5")


@pytest.mark.parametrize(
    ("verdict", "points", "most"), [("passed", 2, 0), ("failed", 0, 0), ("not_applicable", 0, -2)]
)
def test_what_a_verdict_does_to_the_total(verdict: str, points: float, most: float) -> None:
    judge("check", PINNED, "--verdict", verdict)
    report()
    row, machine = rows()["group-07"], official().summary
    assert float(row["points_after_judgement"]) == machine.points + points
    assert float(row["max_points_after_judgement"]) == machine.max_points + most


def test_evidence_that_changed_is_named_and_nothing_is_applied() -> None:
    judge("check", PINNED, "--verdict", "passed")
    write_class(Path("out"), [with_check(official(), PINNED, message="Both Dockerfiles have no version.")])
    done = report()
    assert "0 overrides applied, 1 not applied" in done.stdout
    assert "not what was seen" in done.stderr
    now = done.stderr.split('seen = "')[1].split('"')[0]
    assert now in page().text
    row = rows()["group-07"]
    assert row["points"] == row["points_after_judgement"]
    assert row["overrides_not_applied"] == "1"
    assert "1 override not applied" in page("out/index.html").text
    file = Path("overrides.toml")
    old = file.read_text().split('seen = "')[1].split('"')[0]
    file.write_text(file.read_text().replace(old, now))
    assert "1 override applied" in report().stdout


def test_a_target_that_is_gone_and_a_group_that_is_not_there_are_named() -> None:
    Path("overrides.toml").write_text(entry(check='"M10.no_such"') + entry(group='"group-88"'))
    done = report()
    assert "no check M10.no_such" in done.stderr
    assert "group-88 (line 9)" in done.stderr
    text = page("out/index.html").text
    assert "2 overrides not applied" in text
    assert "group-88" in text


def test_more_points_than_a_check_has_are_not_given() -> None:
    Path("overrides.toml").write_text(entry(verdict=None, points=3))
    assert "has 2 points at most, and 3 are given" in report().stderr
    assert rows()["group-07"]["overrides"] == "0"


def test_a_later_entry_applies_where_an_older_one_does_not() -> None:
    Path("overrides.toml").write_text(entry(seen='"000000000000"', verdict='"failed"') + entry())
    assert "1 override applied, 1 not applied" in report().stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (entry(by=None), "line 1: `by` is missing"),
        (entry(date=None), "line 1: `date` is missing"),
        (entry(reason=None), "line 1: `reason` is missing"),
        (entry(group=None), "line 1: `group` is missing"),
        (entry(seen=None), "line 1: `seen` is missing: `grader override` prints it"),
        (entry(verdict=None), "line 1: it decides nothing"),
        (entry(reason='"""\n \n"""'), "line 8: `reason` is empty"),
        (entry(by="3"), "line 6: `by` is no text"),
        (entry(date='"2026-01-24"'), "line 7: `date` is no date"),
        (entry(date="2026-01-24T10:00:00"), "line 7: `date` is no date"),
        (entry(verdict='"supported"'), "line 5: a check is passed, partial, failed, not_applicable"),
        (entry(verdict='"error"'), "line 5: a check is"),
        (entry(verdict='["passed"]'), "line 5: a check is"),
        (entry(verdict='"partial"'), "line 5: a check that is partly passed needs `points`"),
        (entry(points="nan"), "line 9: `points` is no number"),
        (entry(points="true"), "line 9: `points` is no number"),
        (entry(points="-1"), "line 9: `points` of a check are below zero"),
        (entry(question="7"), "two targets"),
        (entry(check=None, question='"7"'), "`question` is no number"),
        (entry(verdit='"passed"'), "line 9: unknown key 'verdit', did you mean `verdict`?"),
        (entry(comment=f'"{"x" * 5000}"'), "line 9: `comment` has more than 4000 characters"),
        (entry() + "\n" + entry(verdict='"failed"'), "lines 1 and 10 both judge check"),
        (entry() + "[other]\n", "unknown key 'other' at the top"),
        ("override = 3\n", "`override` is no list of tables"),
        ("override = [{group = 'x'}]\n", "entry 1: `seen` is missing"),
        (entry() + "by = = 3\n", "line 9"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_nothing_is_written(text: str, said: str) -> None:
    Path("overrides.toml").write_text(text)
    before = {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
    done = run("report", "out", "--overrides", "overrides.toml")
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()} == before


def test_all_mistakes_are_named_at_once() -> None:
    Path("overrides.toml").write_text(entry(by=None) + "# a comment\n\n" + entry(reason=None))
    done = run("report", "out", "--overrides", "overrides.toml")
    assert "line 1: `by` is missing" in done.stderr
    assert "line 10: `reason` is missing" in done.stderr


def test_a_file_that_is_not_there_or_no_text_is_refused() -> None:
    assert run("report", "out", "--overrides", "nowhere.toml").returncode == 2
    Path("overrides.toml").write_bytes(b"# one\n\xff\n")
    done = run("report", "out", "--overrides", "overrides.toml")
    assert done.returncode == 2
    assert "line 2: not UTF-8" in done.stderr


def test_what_a_person_wrote_by_hand_is_kept_when_an_entry_is_added() -> None:
    Path("overrides.toml").write_text("# Autumn, by hand\n" + entry(check='"M16.coverage"', seen='"1"'))
    judge("check", PINNED, "--verdict", "passed")
    text = Path("overrides.toml").read_text()
    assert text.startswith("# Autumn, by hand\n")
    assert len(entries(text).entries) == 2
    again = run("override", GROUP, "check", PINNED, "--verdict", "failed", *WHO, "--into", "overrides.toml")
    assert again.returncode == 2
    assert "both judge" in again.stderr
    assert Path("overrides.toml").read_text() == text


def entries(text: str) -> OverridesFile:
    return parse_overrides(text, name="overrides.toml")


@pytest.mark.parametrize("text", [HOSTILE, 'quotes """ and \\ backslash', "\x7f \t é 茶 ◐ \U0001f600", "'''"])
def test_any_text_of_a_person_comes_back_as_it_was_given(text: str) -> None:
    done = run(
        "override", GROUP, "group", "--comment", text, "--by", "x", "--reason", text, "--into", "o.toml"
    )
    assert done.returncode == 0, done.stderr
    (found,) = entries(Path("o.toml").read_text(encoding="utf-8")).entries
    assert found.comment == text.strip()
    assert found.reason == text.strip()


def test_hostile_text_is_text_in_every_format() -> None:
    for target in (("group",), ("check", PINNED)):
        options = ("--comment", HOSTILE, "--by", "=1+1", "--reason", HOSTILE, "--into", "o.toml")
        assert run("override", GROUP, *target, *options).returncode == 0
    done = run("report", "out", "--overrides", "o.toml", "--format", "html,junit,markdown,github")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    for name in (f"{GROUP}/report.html", "out/index.html"):
        html = Path(name).read_text(encoding="utf-8")
        # The engine's own, which sorts the overview.
        assert html.count("<script") == html.count("</script") == name.endswith("index.html")
        assert "<script>alert" not in html
        assert html.count("</style>") == 1
        assert "‹U+202E›" in html or name.endswith("index.html")
        assert Page(html).wrong == []
    cell = rows()["group-07"]["judgement_comment"]
    assert cell
    assert not cell.startswith(("=", "+", "-", "@"))
    markdown = Path(GROUP, "summary.md").read_text(encoding="utf-8")
    section = markdown.split("### Judgement")[1].split("###")[0]
    assert "<script" not in section
    assert "javascript:" not in section
    assert "\x1b" not in section
    commands = [
        line for line in Path(GROUP, "annotations.txt").read_text().splitlines() if "Judgement" in line
    ]
    assert len(commands) == 1
    ElementTree.parse(Path(GROUP, "junit.xml"))


def test_formulas_in_a_comment_are_no_formulas_in_the_grades() -> None:
    done = run(
        "override",
        GROUP,
        "group",
        "--comment",
        "=HYPERLINK(1)",
        "--by",
        "x",
        "--reason",
        "y",
        "--into",
        "o.toml",
    )
    assert done.returncode == 0
    run("report", "out", "--overrides", "o.toml")
    assert rows()["group-07"]["judgement_comment"] == "'=HYPERLINK(1)"


def test_a_single_result_is_judged_alone_and_other_groups_are_named() -> None:
    Path("overrides.toml").write_text(entry() + entry(group='"group-01"', check='"M2.lock_file"', seen='"1"'))
    done = run("report", GROUP, "--overrides", "overrides.toml")
    assert done.returncode == 0
    assert "1 override applied" in done.stdout
    assert "of groups that are not here: group-01" in done.stderr


def test_without_overrides_nothing_of_a_judgement_is_left() -> None:
    run("report", "out")
    machine, index = Path(GROUP, "report.html").read_text(), Path("out/index.html").read_text()
    judge("check", PINNED, "--verdict", "passed")
    report()
    assert Path(GROUP, "report.html").read_text() != machine
    assert run("report", "out").returncode == 0
    assert Path(GROUP, "report.html").read_text() == machine
    assert Path("out/index.html").read_text() == index
    assert "Judgement" not in page().text


def test_a_judgement_that_stands_in_a_result_is_not_believed() -> None:
    path = Path(GROUP, "result.json")
    data = json.loads(path.read_text())
    data["judgement"] = {"points": 99, "max_points": 99, "applied": [], "not_applied": []}
    path.write_text(json.dumps(data))
    run("report", "out")
    assert "After judgement" not in page().text
    assert not hasattr(read_result(path), "judgement")


def test_a_check_of_the_grader_that_is_at_fault_can_be_judged_too() -> None:
    write_class(Path("out"), [with_check(official(), PINNED, verdict=Verdict.error)])
    judge("check", PINNED, "--verdict", "passed")
    assert "1 override applied" in report().stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "M10.nope"], "has no check 'M10.nope'"),
        (["check"], "Which check?"),
        (["group", "group-07"], "The group needs no name"),
        (["check", PINNED, "--verdict", "passed", "--into", "o.toml"], "say --by, --reason"),
        (["check", PINNED, *WHO, "--into", "o.toml"], "say --verdict, --points or --comment"),
        (["check", PINNED, *WHO, "--verdict", "good", "--into", "o.toml"], "a check is passed, partial"),
    ],
)
def test_what_cannot_be_judged_is_refused(arguments: list[str], said: str) -> None:
    done = run("override", GROUP, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert not Path("o.toml").exists()
