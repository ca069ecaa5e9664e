"""JUnit, Markdown, annotations, CSV, terminal, and the files they become."""

import csv
import io
import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console

from grader.errors import GradingError, UsageError
from grader.render import (
    FORMATS,
    Ungraded,
    print_result,
    render_csv,
    render_github,
    render_junit,
    render_markdown,
    write_reports,
    write_text,
)
from grader.render.markdown_summary import MAX_SUMMARY_BYTES
from grader.results import CheckResult, Finding, ModuleVerdict, Result, Verdict
from tests.places import REPORTS
from tests.render_sample import HOSTILE, clean_result, hostile_result, module, rich_result


def many_failures(count: int, message: str = "It is broken.") -> Result:
    checks = tuple(
        CheckResult(
            id=f"M1.c{number}",
            title=f"Check {number}",
            verdict=verdict,
            points=0,
            max_points=1 + number / 100,
            message=message,
        )
        for number in range(count)
        for verdict in [Verdict.failed if number % 2 else Verdict.partial]
    )
    return clean_result().model_copy(
        update={"modules": (module("M1", "Much", "S1", ModuleVerdict.failed, checks),)}
    )


def shown(result: Result, **options: Any) -> str:
    out = io.StringIO()
    print_result(result, Console(file=out, width=100, **options))
    return out.getvalue()


class TestJUnit:
    def test_failures_errors_and_skips_are_told_apart(self) -> None:
        root = ElementTree.fromstring(render_junit(rich_result()))
        cases = {case.get("name"): case for case in root.iter("testcase")}
        kinds = {
            name: [child.tag for child in case if child.tag != "system-out"] for name, case in cases.items()
        }
        assert kinds["Every image starts from a pinned base"] == ["failure"]
        assert kinds["The training script trains a model"] == ["failure"]
        assert kinds["The application answers a request"] == ["error"]
        assert kinds["A workflow builds the images"] == ["skipped"]
        assert kinds["The code is formatted"] == [
            "skipped"
        ]  # optional: the exit code does not count it either
        assert kinds["The same configuration gives the same run"] == ["skipped"]
        assert kinds["Versions are locked"] == []
        assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
            "tests": "15", "failures": "3", "errors": "1", "skipped": "4",
        }  # fmt: skip
        assert cases["Every image starts from a pinned base"].get("file") == "dockerfiles/train.dockerfile"
        assert cases["Every image starts from a pinned base"].get("line") == "1"

    def test_failures_are_what_the_exit_code_counts(self) -> None:
        assert ElementTree.fromstring(render_junit(clean_result())).get("failures") == "0"
        assert clean_result().exit_code == 0

    def test_hostile_text_stays_text(self) -> None:
        root = ElementTree.fromstring(render_junit(hostile_result()))
        assert [case.get("classname") for case in root.iter("testcase")] == ["M10"]
        assert "<script>" in (root.findtext(".//failure") or "")


class TestMarkdown:
    def test_verdict_steps_and_modules(self) -> None:
        text = render_markdown(rich_result())
        assert text.startswith("## 3 things broken\n")
        assert text.index("training script") < text.index("pinned base")
        assert "| ✗ | M10 Docker | failed | 1 / 4 |" in text
        assert "unverified" in text
        assert "without isolation" in text

    def test_worst_modules_come_first(self) -> None:
        text = render_markdown(rich_result())
        assert text.index("| M22") < text.index("| M10") < text.index("| M16") < text.index("| M2 ")

    def test_hostile_text_adds_no_line_and_no_markup(self) -> None:
        text = render_markdown(hostile_result())
        table = [line for line in text.splitlines() if line.startswith("|")]
        assert len(table) == 3
        assert table[2].count("|") == 5
        assert "<script" not in text
        assert "](" not in text
        assert "`code`" not in text
        assert "@someone" not in text

    def test_too_much_is_cut_to_size_and_says_so(self) -> None:
        text = render_markdown(many_failures(4000, "|" * 500))
        assert len(text.encode()) <= MAX_SUMMARY_BYTES
        assert "more entries did not fit here" in text
        assert "report.html" in text


class TestGitHub:
    def test_place_title_message_and_hint(self) -> None:
        lines = render_github(rich_result()).splitlines()
        assert lines[0].startswith(
            "::error file=src/corrupt_mnist/train.py,line=41,title=M6 The training script"
        )
        assert "%0AHint%3A" not in lines[0]
        assert "%0AHint: Let the number of epochs" in lines[0]
        assert any(
            line.startswith("::warning file=reports/README.md,title=The exam report%2C question 7::")
            for line in lines
        )

    def test_ten_of_a_kind_and_a_notice_of_the_rest(self) -> None:
        lines = render_github(many_failures(60)).splitlines()
        assert sum(line.startswith("::error ") for line in lines) == 10
        assert sum(line.startswith("::warning ") for line in lines) == 10
        assert lines[-1] == "::notice title=Grader::40 more findings: see the report."
        assert "Check 59" in lines[0]

    def test_every_line_is_one_command_of_ours(self) -> None:
        for line in render_github(hostile_result()).splitlines():
            kind, rest = line[2:].split(" ", 1)
            assert line.startswith("::")
            assert kind in {"error", "warning", "notice"}
            properties = rest.split("::", 1)[0]
            assert [part.split("=")[0] for part in properties.split(",")] in (
                ["file", "line", "title"],
                ["file", "title"],
                ["title"],
            )
            assert "\r" not in line


class TestCsv:
    def test_a_row_a_submission_a_column_a_module(self) -> None:
        rows = list(
            csv.DictReader(
                io.StringIO(
                    render_csv(
                        [clean_result(), rich_result()],
                        reports=REPORTS,
                        ungraded=[Ungraded(id="g9", source="x/y", reason="gone")],
                    )
                )
            )
        )
        assert [row["id"] for row in rows] == ["group-01", "group-07", "g9"]
        assert (rows[1]["points"], rows[1]["max_points"]) == ("9", "21")
        assert (rows[1]["M10"], rows[1]["M11"]) == ("failed", "not_started")
        assert (rows[0]["M2"], rows[0]["M10"]) == ("passed", "")
        assert (rows[2]["points"], rows[2]["M2"]) == ("", "")
        assert (rows[0]["status"], rows[0]["reason"]) == ("graded", "")
        assert (rows[2]["status"], rows[2]["reason"]) == ("not graded", "gone")
        assert list(rows[0])[12:18] == [
            "points_after_judgement",
            "max_points_after_judgement",
            "judgement",
            "judgement_comment",
            "overrides",
            "overrides_not_applied",
        ]
        assert list(rows[0])[8:12] == ["group", "members", "late_commits", "decided_by"]
        assert list(rows[0])[18:26] == ["M1", "M2", "M6", "M7", "M10", "M11", "M16", "M22"]

    def test_the_figures_of_the_courses_own_overview_follow(self) -> None:
        rows = list(csv.DictReader(io.StringIO(render_csv([rich_result(), clean_result()], reports=REPORTS))))
        assert {
            name: rows[0][name]
            for name in ("total_commits", "num_commits_to_main", "num_prs", "num_docker_files", "using_dvc")
        } == {
            "total_commits": "104",
            "num_commits_to_main": "97",
            "num_prs": "14",
            "num_docker_files": "2",
            "using_dvc": "false",
        }
        assert rows[0]["contributions_per_contributor"] == "70 34 12"
        assert rows[0]["latest_commit"] == "2026-01-25T22:40:00+00:00"
        assert (rows[0]["repo_size"], rows[0]["has_requirements_file"]) == ("2.4", "true")
        assert (rows[0]["actions_passing"], rows[0]["num_warnings"], rows[0]["committed_secrets"]) == (
            "false",
            "2",
            "2",
        )
        assert (rows[1]["actions_passing"], rows[1]["num_warnings"], rows[1]["latest_commit"]) == ("", "", "")

    def test_no_formula_and_no_extra_row(self) -> None:
        result = rich_result()
        nasty = result.model_copy(
            update={
                "submission": result.submission.model_copy(
                    update={"source": "=HYPERLINK(1)", "commit": "\t@x\r\n1,2"}
                )
            }
        )
        rows = list(csv.reader(io.StringIO(render_csv([nasty], reports=REPORTS))))
        assert len(rows) == 2
        assert rows[1][1:3] == ["'=HYPERLINK(1)", "'@x 1,2"]

    def test_negative_points_stay_numbers(self) -> None:
        result = clean_result()
        minus = result.model_copy(update={"summary": result.summary.model_copy(update={"points": -1.5})})
        assert next(csv.DictReader(io.StringIO(render_csv([minus], reports=REPORTS))))["points"] == "-1.5"


class TestFindings:
    def test_a_secret_in_two_places_is_one(self) -> None:
        for text in (render_markdown(rich_result()), shown(rich_result())):
            assert "2 secrets are in the repository" in text
            assert text.count("Make a new pair") == 1
            for part in ("Private key", "deploy", "Password in an address"):
                assert part in text

    def test_nothing_is_said_where_nothing_was_found(self) -> None:
        for text in (render_markdown(clean_result()), shown(clean_result())):
            assert "secret" not in text

    def test_many_are_cut_and_say_so(self) -> None:
        many = tuple(
            Finding(rule="GitHub token", path=f"f{number}", line=1, digest=str(number))
            for number in range(30)
        )
        text = shown(rich_result().model_copy(update={"findings": many}))
        assert "30 secrets are" in text
        assert "20 more secrets" in text


class TestTerminal:
    def test_modules_then_what_failed_with_message_hint_and_place(self) -> None:
        text = shown(rich_result())
        assert text.index("M2 Package managers") < text.index("The training script trains a model")
        for part in (
            "✗ failed",
            "dockerfiles/train.dockerfile:1",
            "Hint: ",
            "3 things broken",
            "9 of 21 points",
            "Ran without isolation",
        ):
            assert part in text

    def test_the_graded_folder_is_named_with_those_left_out(self) -> None:
        first, *rest = rich_result().modules
        two = first.model_copy(update={"folder": "week7/api", "other_folders": ("old", "api")})
        text = " ".join(shown(rich_result().model_copy(update={"modules": (two, *rest)})).split())
        assert (
            f"{first.id}: Graded in `week7/api`. Not graded, but work of this module, too: `old`, `api`."
            in text
        )
        assert "Graded in" not in shown(rich_result())

    @pytest.mark.parametrize("width", [20, 40, 60, 100, 200])
    def test_no_escape_no_command_no_markup_at_any_width(self, width: int) -> None:
        out = io.StringIO()
        print_result(
            hostile_result(), Console(file=out, width=width, force_terminal=False, color_system=None)
        )
        assert "\x1b" not in out.getvalue()
        assert "\x07" not in out.getvalue()
        assert not [
            line
            for line in out.getvalue().splitlines()
            if line.strip().startswith(("::set-output", "::error", "##["))
        ]
        assert width < 60 or "[bold red]markup[/]" in " ".join(out.getvalue().split())

    def test_colours_are_ours_alone(self) -> None:
        coloured = shown(hostile_result(), force_terminal=True, color_system="standard")
        assert "\x1b]" not in coloured
        assert "\x1b[31mred" not in coloured


class TestFiles:
    def test_each_format_is_a_file(self, tmp_path: Path) -> None:
        paths = write_reports(rich_result(), tmp_path / "out", FORMATS, REPORTS)
        assert [path.name for path in paths] == [
            "report.html",
            "result.json",
            "junit.xml",
            "summary.md",
            "annotations.txt",
        ]
        assert Result.model_validate_json(paths[1].read_text()) == rich_result()
        assert {path.name for path in (tmp_path / "out").iterdir()} == {path.name for path in paths}

    def test_the_same_bytes_twice(self, tmp_path: Path) -> None:
        first = write_reports(hostile_result(), tmp_path / "a", FORMATS, REPORTS)
        second = write_reports(hostile_result(), tmp_path / "b", FORMATS, REPORTS)
        assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]

    def test_a_link_that_lies_in_wait_is_replaced_not_followed(self, tmp_path: Path) -> None:
        victim = tmp_path / "victim"
        victim.write_text("precious")
        out = tmp_path / "out"
        out.mkdir()
        for name in ("report.html", f".report.html.{os.getpid()}.part"):
            (out / name).symlink_to(victim)
        write_reports(rich_result(), out, ["html"], REPORTS)
        assert victim.read_text() == "precious"
        assert not (out / "report.html").is_symlink()

    def test_an_unknown_format_is_refused_before_anything_is_written(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="'pdf'"):
            write_reports(rich_result(), tmp_path / "out", ["html", "pdf"], REPORTS)
        assert not (tmp_path / "out").exists()

    def test_a_file_that_cannot_be_written_is_the_grader_s_fault(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(GradingError, match="cannot be written"):
            write_text(tmp_path / "file" / "report.html", "x")

    def test_json_is_the_contract(self, tmp_path: Path) -> None:
        [path] = write_reports(rich_result(), tmp_path, ["json"], REPORTS)
        assert json.loads(path.read_text())["submission"]["id"] == "group-07"


def test_hostile_text_is_in_every_sample() -> None:
    """The sample would prove nothing if a format left the hostile strings out."""
    assert "::set-output" in HOSTILE
    for name in ("junit", "markdown", "github"):
        assert "alert" in FORMATS[name][1](hostile_result(), REPORTS)
