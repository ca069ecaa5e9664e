"""Which figures of a repository a course shows, where, and what it calls them: `reports/overview.toml`, or the engine's own."""

from __future__ import annotations

from pathlib import Path

from pydantic import model_validator

from grader.course.course_data import CourseData, build, read_toml
from grader.errors import CourseError
from grader.render.repository_figures import FigureName

_NO_NUMBERS: frozenset[FigureName] = frozenset(
    (
        "latest_commit",
        "commits_by_person",
        "declares_dependencies",
        "has_cloud_build",
        "uses_dvc",
        "workflows_pass",
    )
)
#: What the files of a report have a line for, if it has a label.
_LABELLED: frozenset[FigureName] = frozenset(("dockerfiles", "has_cloud_build", "uses_dvc"))
_OWN = Path(__file__).with_name("overview.toml")


class Column(CourseData):
    """A figure and its names.

    `csv` is its column in `grades.csv`, the figure's own name by default. `heading` is its column in the overview of a class,
    `label` its line among the files of a report, for what not every course looks at; a figure without them stands in
    `grades.csv` alone.
    """

    figure: FigureName
    csv: str = ""
    heading: str = ""
    label: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it is shown as a number: columns of numbers are aligned by their last digit."""
        return self.figure not in _NO_NUMBERS

    @property
    def name(self) -> str:
        """Its name in `grades.csv`."""
        return self.csv or self.figure


class Overview(CourseData):
    """The figures in the order of `grades.csv`; `order` has those of the page over a class, in the order of its columns."""

    column: tuple[Column, ...]
    order: tuple[FigureName, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Overview:
        for names in ([one.name for one in self.column], [one.figure for one in self.column], self.order):
            twice = [name for name in names if list(names).count(name) > 1]
            if twice:
                raise ValueError(f"{twice[0]!r} is there twice")
        headed = {one.figure for one in self.column if one.heading}
        for figure in self.order:
            if figure not in headed:
                raise ValueError(f"{figure!r} is in `order` and has no `heading`")
        for one in self.column:
            if one.label and one.figure not in _LABELLED:
                raise ValueError(f"{one.figure!r} has a `label`; only {', '.join(sorted(_LABELLED))} may")
        return self

    @property
    def headed(self) -> tuple[Column, ...]:
        """The columns of the page over a class, from left to right."""
        by_figure = {one.figure: one for one in self.column if one.heading}
        return tuple(by_figure[figure] for figure in self.order or by_figure)

    @property
    def labels(self) -> dict[str, str]:
        """What the figures among the files of a report are called."""
        return {one.figure: one.label for one in self.column if one.label}


def load_overview(reports: Path) -> Overview:
    """Return the figures that a course shows; the engine's choice where it says nothing.

    Raises:
        CourseError: no TOML, a figure that does not exist, or one that is there twice.
    """
    path = reports / "overview.toml"
    if not path.exists():
        path = _OWN
    data = read_toml(path)
    if not isinstance(data.get("column"), list):
        raise CourseError(f"{path}: `column` is no list of tables.", "Write each as `[[column]]`.")
    return build(Overview, path, data)
