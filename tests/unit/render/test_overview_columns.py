"""What is shown of a repository, where, and under which names, is data of the course."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from grader.errors import CourseError
from grader.render import render_csv, render_html, render_index
from grader.render.overview_columns import load_overview
from tests.html_page import Page
from tests.places import REPORTS
from tests.render_sample import rich_result

OWN = """
order = ["uses_dvc", "commits"]

[[column]]
figure = "commits"
csv = "steps"
heading = "Steps"

[[column]]
figure = "uses_dvc"
heading = "Keeps data"
label = "data kept"
"""


def write(reports: Path, text: str) -> Path:
    (reports / "overview.toml").write_text(text)
    return reports


def test_a_course_names_its_figures_and_their_order(tmp_path: Path) -> None:
    reports = write(tmp_path, OWN)
    (row,) = csv.DictReader(io.StringIO(render_csv([rich_result()], reports=reports)))
    assert list(row)[-2:] == ["steps", "uses_dvc"]
    assert (row["steps"], row["uses_dvc"]) == ("104", "false")
    page = Page(render_index([rich_result()], reports=reports))
    table = page.text[page.text.index("Message lengths are") :]
    assert table.index("Keeps data") < table.index("Steps")
    assert "Workflows pass" not in table
    assert page.wrong == []
    report = Page(render_html(rich_result(), reports=reports)).text
    assert "data kept" in report
    assert "Cloud Build in" not in report


def test_a_course_that_names_none_has_the_engines(tmp_path: Path) -> None:
    (row,) = csv.DictReader(io.StringIO(render_csv([rich_result()], reports=tmp_path)))
    assert (row["commits"], row["people"]) == ("104", "3")
    assert "uses_dvc" not in row
    assert "README words" in Page(render_index([rich_result()], reports=tmp_path)).text


def test_the_columns_of_the_bundled_course_are_what_its_own_overview_has() -> None:
    names = [column.name for column in load_overview(REPORTS).column]
    assert names[:5] == [
        "num_contributors",
        "num_prs",
        "num_commits_to_main",
        "average_commit_length_to_main",
        "latest_commit",
    ]
    assert len(names) == 28


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("order = ", "overview.toml"),
        ("column = 3", "no list of tables"),
        ('[[column]]\nfigure = "weather"\n', "figure"),
        ('[[column]]\nfigure = "commits"\n' * 2, "'commits' is there twice"),
        ('order = ["commits"]\n[[column]]\nfigure = "commits"\n', "no `heading`"),
        ('[[column]]\nfigure = "commits"\nlabel = "x"\n', "has a `label`"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CourseError, match=said):
        render_csv([rich_result()], reports=write(tmp_path, text))
