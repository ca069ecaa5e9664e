"""M7: code that others can read: style, type hints, documentation."""

from collections import Counter

from grader.suite import check, evidence, measure, not_applicable, partial, work, work_folders

from ..common.messages import show
from ._common import exercise_files

#: Errors of style, names that nobody uses, whitespace: what ruff's E, F and W find.
_RULES = ("E", "F", "W")
_LINTERS = ("ruff", "flake8", "pylint", "black", "pycodestyle", "autopep8", "yapf", "blue")
_SETTINGS = ("ruff.toml", ".ruff.toml", "**/.flake8", "**/.pylintrc", "**/.style.yapf")


def _code(submission):
    return [file for file in submission.code() if not file.path.startswith(("docs/", "notebooks/"))]


def _functions(submission):
    """The public functions and methods, with their files; those that only a framework calls count as others do."""
    return [
        (file, one)
        for file in _code(submission)
        for one in file.functions
        if not one.name.startswith("_") and one.qualname.count(".") <= 1
    ]


def _linters(submission):
    """Where a linter or formatter is configured or run."""
    tool = submission.pyproject.get("tool")
    places = [
        evidence("pyproject.toml", None, f"[tool.{name}]")
        for name in _LINTERS
        if isinstance(tool, dict) and name in tool
    ]
    places += [evidence(path) for path in submission.files(*_SETTINGS)[:2]]
    return places + [command.evidence for command in submission.running(*_LINTERS)]


@work(
    "Python code of your own; in exercises a file that defines distance, centre, nearest, slope, moved and Path, or the "
    "course's Network, validation and train"
)
def find_work(submission):
    if submission.profile == "exercises":
        return work_folders(submission, [file.path for file in exercise_files(submission)])
    return bool(submission.code()) or bool(submission.unread_python)


@check(
    "The code keeps to PEP 8",
    points=1,
    scope="project",
    required=False,
    questions=[6],
    boxes=["w1-08"],
    hint="`uvx ruff check --fix .` and `uvx ruff format .` mend most of it.",
)
def test_code_keeps_to_pep8(submission):
    lines = sum(file.code_lines for file in submission.code(tests=True))
    found = submission.lint(*_RULES, line_length=120)
    worst = Counter(one.rule for one in found).most_common(3)
    per_thousand = 1000 * len(found) / max(lines, 1)
    linters = _linters(submission)
    measure("lint_findings", len(found))
    measure("lint_findings_per_1000_lines", round(per_thousand, 1))
    show(one.evidence for one in found[:5])
    show(linters[:2])
    broken = submission.broken_python
    assert len(broken) <= len(submission.code(tests=True)) / 10, [
        "Python cannot read part of the code.",
        *(item for fault in broken[:5] for item in fault.evidence),
    ]
    if not lines:
        not_applicable("There is no code of the group's own.")
    said = (
        f"{len(found)} findings in {lines} lines ({', '.join(f'{count} × {rule}' for rule, count in worst)})"
    )
    # A linter that is set up and run says more of a practice than what it left behind.
    assert per_thousand <= (200 if linters else 100), f"{said}."


@check(
    "Essential code has type hints and documentation",
    points=1,
    scope="project",
    required=False,
    questions=[6],
    boxes=["w1-09"],
    hint="`def train(model: Module, epochs: int = 3) -> float:` and a line of what it does below it.",
)
def test_code_is_typed_and_documented(submission):
    functions = _functions(submission)
    if len(functions) < 3:
        not_applicable("There are too few functions to tell.")
    typed = sum(one.has_type_hints for _, one in functions)
    told = sum(bool(one.docstring) for _, one in functions)
    hinted = sum(
        one.has_type_hints
        or any(arg.annotation for arg in one.node.args.args)
        or one.node.returns is not None
        for _, one in functions
    )
    many = len(functions)
    measure("n_functions", many)
    measure("share_of_typed_functions", round(100 * typed / many, 1), "%")
    measure("share_of_documented_functions", round(100 * told / many, 1), "%")
    for file, one in functions[:3]:
        evidence(file.path, one.line, file.evidence(one).text)
    said = f"Of {many} functions {typed} have all their type hints, {hinted} any, and {told} a docstring."
    assert hinted + told >= 0.4 * many, said


@check(
    "Nearly every function has both",
    points=1,
    scope="project",
    required=False,
    questions=[6],
    requires=["code_is_typed_and_documented"],
    hint="`mypy --strict` names what has no hints, `ruff check --select D1` what has no docstring.",
)
def test_nearly_everything_is_typed_and_documented(submission):
    functions = _functions(submission)
    both = [one for one in functions if one[1].has_type_hints and one[1].docstring]
    bare = [file.evidence(one) for file, one in functions if (file, one) not in both]
    share = len(both) / max(len(functions), 1)
    if 0.5 <= share < 0.8:
        partial(
            0.5, f"{len(functions) - len(both)} of {len(functions)} functions lack one of them.", bare[:5]
        )
    assert share >= 0.8, bare[:5]
