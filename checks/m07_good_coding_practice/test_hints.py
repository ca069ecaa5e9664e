"""M7: type hints that mypy accepts by our settings, and that tell right uses of the code from wrong ones."""

import ast

from grader.suite import check, evidence, shared

from ._common import files_of, is_points, main_file, watched_text
from ._hinted_uses import (
    RIGHT_NETWORK,
    RIGHT_POINTS,
    WRONG_NETWORK,
    WRONG_POINTS,
    findings,
    with_uses,
)

_MOST = 10


@shared
def hinted(student, submission):
    """What mypy finds in the code, and in uses of it: `own` with places, and of each use whether it has a finding."""
    main = main_file(submission)
    right, wrong = (RIGHT_POINTS, WRONG_POINTS) if is_points(main) else (RIGHT_NETWORK, WRONG_NETWORK)
    texts = {file.path: watched_text(file.text) for file in files_of(submission)}
    lines = texts[main.path].count("\n")
    texts[main.path], places = with_uses(texts[main.path], [*right, *wrong])
    for path, text in texts.items():
        student.write(path, text)
    found = findings(
        student, [main.path, *(path for path in texts if path != main.path)], strict=is_points(main)
    )
    own = [one for one in found if one[0] != main.path or one[1] <= lines]
    said = {line: text for path, line, text in found if path == main.path}
    return {"own": own[:_MOST], "said": [said.get(line, "") for line in places], "right": len(right)}


def _hidden(node):
    """The definitions that mypy does not look at: behind a condition, or told so by a decorator."""
    for one in ast.iter_child_nodes(node):
        if isinstance(one, ast.If | ast.Try | ast.With | ast.While | ast.For):
            yield from (inner for inner in ast.walk(one) if isinstance(inner, ast.FunctionDef | ast.ClassDef))
        elif isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if any("no_type_check" in ast.unparse(decorator) for decorator in one.decorator_list):
                yield one
            if isinstance(one, ast.ClassDef):
                yield from _hidden(one)


@check(
    "mypy finds nothing, by our settings, and no hint is `Any`",
    points=3,
    scope="exercises",
    requires=["code_computes"],
    hint="Begin with what goes in and what comes out of each function. What is None at times has a type of its own.",
)
def test_mypy_finds_nothing(submission, student):
    for file in files_of(submission):
        hidden = next(_hidden(file.tree), None)
        assert hidden is None, file.evidence(hidden, "mypy does not look at this definition")
    found = hinted(student, submission)["own"]
    assert not found, [evidence(path, line, text) for path, line, text in found]


@check(
    "The hints tell right uses of the code from wrong ones",
    points=4,
    scope="exercises",
    requires=["code_computes"],
    hint="Would mypy notice if somebody gave your function a word in the place of a point, or took None for one?",
)
def test_hints_tell(submission, student):
    found, main = hinted(student, submission), main_file(submission)
    right, wrong = (RIGHT_POINTS, WRONG_POINTS) if is_points(main) else (RIGHT_NETWORK, WRONG_NETWORK)
    evidence(main.path)
    said = found["said"]
    for (name, _), text in zip(right, said[: found["right"]], strict=True):
        assert not text, f"mypy refuses a right use of `{name}`: {text}"
    for (name, _), text in zip(wrong, said[found["right"] :], strict=True):
        assert text, f"mypy accepts a wrong use of `{name}`."
