"""M6: tests and modules reach the package by its name."""

import ast

from grader.suite import check, not_applicable, partial

from ..common.messages import show


@check(
    "The tests import the package",
    points=1,
    required=False,
    scope="project",
    questions=[5],
    hint="`from <name>.data import …` in `tests/test_data.py`: what is tested is what gets installed.",
)
def test_tests_import_the_package(submission):
    package = submission.package
    tests = [file for file in submission.python_files("**/test_*.py", "**/*_test.py") if not file.is_empty]
    if not tests or package is None:
        not_applicable("There are no tests yet.")
    others = [other.name for other in package.secondary]
    names = [name for name in (package.name, *others) if name]
    if not names:
        names = [module.name for module in package.modules]
    direct = [file for file in tests if file.imports_module(*names)]
    through_src = [file for file in tests if file.imports_module(*(f"src.{name}" for name in names))]
    show(file.evidence(_import_line(file, names)) for file in (direct or through_src)[:3])
    if through_src and not direct and "src" not in names:
        partial(
            0.5,
            f"`{through_src[0].path}` imports `src.{names[0]}`: it works from the root only, and not on the "
            f"installed package.",
        )
    assert direct or _runs_it(submission, tests, names), (
        f"None of the {len(tests)} test files imports `{names[0]}`."
    )


def _import_line(file, names):
    for node in ast.walk(file.tree):
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if any(part in names for module in modules for part in module.split(".")[:2]):
            return node
    return None


def _runs_it(submission, tests, names):
    """Whether tests start the code as a program, or import it by a name in a text or in hydra's configuration."""
    ways = ("subprocess", "importlib", "CliRunner", "run_module", "run_path")
    texts = [file.text for file in tests if file.uses(*ways)]
    if any(file.imports_module("hydra") for file in tests):
        configs = submission.files("**/*.yaml", "**/*.yml")
        texts += [line for path in configs for line in submission.lines(path) if "_target_" in line]
    return any(name in text for text in texts for name in names)


@check(
    "No module bends the import path",
    points=1,
    scope="project",
    required=False,
    questions=[5],
    hint="Install the package (`pip install -e .`, `uv sync`) instead of `sys.path.append(…)`, and import `<name>`, not "
    "`src.<name>`.",
)
def test_no_path_tricks(submission):
    package = submission.package
    found = []
    for file in submission.python_files():
        if file.path.startswith(("docs/", "doc/", "reports/")):
            continue
        found += [
            file.evidence(call)
            for call in file.calls()
            if call.name in ("sys.path.append", "sys.path.insert", "sys.path.extend")
        ]
        if package and package.folder == f"src/{package.name}" and file.imports_module(f"src.{package.name}"):
            found.append(file.evidence(_import_line(file, [package.name])))
    assert not found, found
