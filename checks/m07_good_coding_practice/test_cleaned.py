"""M7: code that was cleaned up: it computes what it did, is formatted, has no findings, is documented, and stays so."""

import ast
import re

from grader.suite import check, evidence

from ._cleaned_code import ASK_NETWORK, ASK_POINTS, hidden_points, wrong_network, wrong_points
from ._common import files_of, formatter_off, is_points, main_file

_RULES = ("E", "F", "W", "I", "B006", "B008")
#: The course's width, and that of the tools.
_WIDTHS = (120, 88)
_LINTERS, _TYPES = ("ruff",), ("mypy", "ty", "pyright", "basedpyright", "pyrefly")
#: What the students' settings have to tell apart: imports in disorder, and a line that fits 120 columns, not 88.
_DISORDER = "import sys\nimport os\n\nprint(os.sep, sys.path)\n"
_WIDE = f'print("{"a" * 40}", "{"b" * 30}", "{"c" * 24}")\n'


@check(
    "The code computes what it should, of points that nobody has seen",
    points=4,
    scope="exercises",
    environment="required",
    hint="Try small cases by hand: no points at all, points above each other, two ways that begin with nothing.",
)
def test_code_computes(submission, student, rng):
    file = main_file(submission)
    evidence(file.path)
    if is_points(file):
        points, default = hidden_points(rng), round(rng.uniform(1, 9), 3)
        found = student.probe(ASK_POINTS, path=file.path, points=points, default=default)
        why = wrong_points(found, points, default)
    else:
        labels = [rng.randrange(10) for _ in range(12)]
        found = student.probe(
            ASK_NETWORK, path=file.path, labels=labels, seed=rng.randrange(10_000), cpu_s=60, timeout=60
        )
        why = wrong_network(found, labels)
    assert not why, f"{file.path}: {why}."


@check(
    "A formatter would change nothing",
    points=2,
    scope="exercises",
    requires=["code_computes"],
    hint="`ruff format` does it all; how wide a line may be is a setting.",
)
def test_code_is_formatted(submission, student):
    files = files_of(submission)
    for file in files:
        line = formatter_off(file.text)
        assert line is None, evidence(file.path, line, "the formatter is told to look away")
    done = None
    for width in _WIDTHS:
        options = ["format", "--isolated", "--no-cache", "--check", "--line-length", str(width), "--"]
        done = student.run_tool("ruff", [*options, *(file.path for file in files)])
        if done.returncode == 0:
            return
    said = next((line for line in done.stdout.splitlines() if line.strip()), done.stderr.strip()[:200])
    assert not done.returncode, f"Neither with 120 columns nor with 88: {said}"


@check(
    "A linter finds nothing, whatever it was told to ignore",
    points=2,
    scope="exercises",
    requires=["code_computes"],
    hint="`ruff check --select E,F,W,I,B006,B008` has the rules. A comment that silences a finding mends nothing.",
)
def test_linter_finds_nothing(submission):
    paths = {file.path for file in files_of(submission)}
    found = [one for one in submission.lint(*_RULES, line_length=120) if one.path in paths]
    assert not found, [one.evidence for one in found[:8]]


def _documented(file):
    """What should have a docstring, with it: the module, and its public functions, classes and methods."""
    yield file.tree, "the module", ast.get_docstring(file.tree)
    for node in file.tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else []
        for one in [node, *inner]:
            if isinstance(one, ast.FunctionDef | ast.ClassDef) and not one.name.startswith("_"):
                yield one, one.name, ast.get_docstring(one)


def _says_little(name, text):
    """Whether a docstring has no more in it than the name."""
    words = re.findall(r"[^\W\d_]{2,}", text.lower())
    news = set(words) - set(re.findall(r"[a-z]+", name.lower()))
    return len(words) < 3 or len(news) < 2


@check(
    "Docstrings say what everything public is for",
    points=2,
    scope="exercises",
    requires=["code_computes"],
    hint="A sentence for each: what does it give, and what does the caller have to know that the name does not say?",
)
def test_code_is_documented(submission):
    file = main_file(submission)
    all_of_it = list(_documented(file))
    if not is_points(file):
        told = [name for _, name, text in all_of_it[1:] if text and not _says_little(name, text)]
        assert len(told) >= 2, (
            f"{len(told)} functions or classes have a docstring that says something; asked for are two."
        )
        return
    seen = {}
    for node, name, text in all_of_it:
        place = (
            file.evidence(node, f"{name} has no docstring")
            if node is not file.tree
            else evidence(file.path, 1)
        )
        assert text, place
        assert not _says_little(name, text), (
            f"The docstring of {name} says no more than the name: {text[:80]!r}."
        )
        assert text not in seen, f"{name} and {seen[text]} have the same docstring."
        seen[text] = name


@check(
    "The settings of ruff sort imports and allow 120 columns",
    points=2,
    scope="exercises",
    requires=["code_computes"],
    hint="`ruff linter` lists the letters of the rules. Settings stand in pyproject.toml or ruff.toml, and hold for "
    "the files that they cover.",
)
def test_settings_hold(submission, student):
    folder = main_file(submission).path.rpartition("/")[0]
    first, second = (f"{folder}/{name}".lstrip("/") for name in ("more_of_it.py", "wide_of_it.py"))
    student.write(first, _DISORDER)
    student.write(second, _WIDE)
    done = student.run_tool(
        "ruff", ["check", "--no-cache", "--force-exclude", "--output-format", "concise", "--", first]
    )
    assert done.returncode in (0, 1), f"ruff cannot read its settings: {done.stderr.strip()[:300]}"
    assert "I001" in done.stdout, (
        "With the repository's settings ruff does not notice imports in disorder beside the code."
    )
    done = student.run_tool("ruff", ["format", "--no-cache", "--force-exclude", "--check", "--", second])
    assert done.returncode == 0, "With the repository's settings ruff breaks a line of less than 120 columns."


@check(
    "The tools are declared, for developers",
    points=1,
    scope="exercises",
    requires=["code_computes"],
    hint="Who works on the code wants the same linter and type checker as you; who uses it needs neither.",
)
def test_tools_are_declared(submission):
    submission.require_sound_declarations()
    apart = {one.name for one in submission.requirements if one.group}
    for kind, names in (("linter", _LINTERS), ("type checker", _TYPES)):
        assert apart.intersection(names), f"No {kind} is declared in a group for developers."
