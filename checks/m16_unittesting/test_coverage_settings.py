"""M16: how the repository measures coverage: read in projects, run in exercises. It decides nothing of the grader's own run."""

import ast
import configparser
import json
import re
import secrets
import shlex
from fnmatch import fnmatch

from grader.suite import StudentFault, SubmissionFault, check, evidence, not_applicable, partial

from ..common.pytest_settings import pytest_settings
from ._common import CPU_S, Run, code_of
from ._tried import require_notice

_COMMAND = re.compile(
    r"\bcoverage3?\s+(?:run|report|xml|html|json)\b|\bcoverage\b.{0,40}\bpytest\b|--cov(?:[=\s\"',]|-report|$)"
)
#: A command that runs tests under coverage, up to the end of the text that it stands in.
_RUN = re.compile(r"\b(?P<module>coverage|pytest)3?\s(?P<rest>[^\"'`|&;#<>]*)")
_PLACES = (
    *(
        "tasks.py",
        "noxfile.py",
        "Makefile",
        "makefile",
        "justfile",
        "tox.ini",
        "setup.cfg",
        "pytest.ini",
        "pyproject.toml",
    ),
    *(
        "**/*.sh",
        "*.md",
        "docs/**/*.md",
        "invoke.yaml",
        ".pre-commit-config.yaml",
        "Taskfile.y*ml",
        ".gitlab-ci.yml",
    ),
    *(".github/workflows/*.yml", ".github/workflows/*.yaml", ".github/actions/**/*.y*ml", "**/tasks.py"),
)
_EVERYTHING = {".", ".*", "def", "def ", "class", "return", "import", ":", "=", r"\w", r"\w+", r"\s", "^", ""}
#: Files at the top that `python -m coverage` takes for the tool.
_TOOLS = ("coverage.py", "coverage/__init__.py", "pytest.py", "pytest/__init__.py", "_pytest/__init__.py")
_INI = {".coveragerc": "", "setup.cfg": "coverage:", "tox.ini": "coverage:"}


def commands(submission):
    """Lines that measure coverage: `(path, number, line)`, comments apart."""
    found = []
    for path in submission.files(*_PLACES):
        try:
            lines = submission.lines(path)
        except SubmissionFault:
            continue
        mark = "//" if path.endswith(".md") else "#"
        found += [
            (path, number, line.strip()[:300])
            for number, line in enumerate(lines[:5_000], 1)
            if not line.lstrip().startswith(mark) and _COMMAND.search(line[:1_000])
        ]
    return found


def words(value):
    """The entries of a setting, written as a list or as lines and commas."""
    if isinstance(value, str):
        return [word.strip()[:200] for word in re.split(r"[\n,]", value) if word.strip()][:200]
    return [str(word)[:200] for word in value][:200] if isinstance(value, list) else []


def settings(submission):
    """Every configuration of coverage: `(path, {"run": {…}, "report": {…}})`."""
    found = []
    tool = submission.pyproject.get("tool")
    table = tool.get("coverage") if isinstance(tool, dict) else None
    if isinstance(table, dict) and table:
        sections = {name: value for name, value in table.items() if isinstance(value, dict)}
        found.append(
            (next(iter(submission.files("pyproject.toml", "*/pyproject.toml")), "pyproject.toml"), sections)
        )
    for path, prefix in _INI.items():
        if submission.exists(path):
            parser = configparser.ConfigParser(interpolation=None, strict=False)
            try:
                parser.read_string(submission.text(path))
            except configparser.Error as problem:
                raise SubmissionFault(f"{path} cannot be read as an INI file.", evidence(path)) from problem
            sections = {
                name: dict(parser[prefix + name])
                for name in ("run", "report")
                if parser.has_section(prefix + name)
            }
            found += [(path, sections)] if sections else []
    return found


@check(
    "A command of the repository measures the coverage",
    points=1,
    required=False,
    questions=[8],
    boxes=["w2-03"],
    scope="project",
    above=(".github", "tasks.py", "Makefile", "README.md", "tox.ini"),
    hint="Write it where everybody finds it, in `tasks.py`, a Makefile, the README or the workflow that runs the tests: "
    "`coverage run -m pytest tests/` and `coverage report -m` (or `pytest --cov`).",
)
def test_coverage_is_measured(submission):
    found = commands(submission)
    for path, number, line in found[:5]:
        evidence(path, number, line)
    kept = [path for path, _ in settings(submission)]
    kept += submission.files("**/coverage.xml", "**/.coverage", "**/htmlcov/index.html", "**/coverage*.svg")
    kept += submission.files(
        "**/*coverage*.png", "**/*coverage*.jpg", "**/*coverage*.jpeg", "**/*coverage*.txt"
    )
    kept += [one.path for one in submission.requirements if one.name in ("coverage", "pytest-cov", "codecov")]
    if kept and not found:
        for path in dict.fromkeys(kept[:5]):
            evidence(path)
        partial(0.5, "Coverage is set up or declared, but no task, workflow, Makefile or README runs it.")
    assert found, "No task, workflow, Makefile or README runs `coverage` or `pytest --cov`."


@check(
    "Coverage is counted over the code, not over the tests",
    points=1,
    questions=[8],
    required=False,
    scope="project",
    above=("pyproject.toml", ".coveragerc", "setup.cfg", "tox.ini"),
    hint='In pyproject.toml: `[tool.coverage.run]` with `source = ["src"]` or `omit = ["tests/*"]`. Omit no code that should be '
    "tested: the number is for you.",
)
def test_coverage_counts_the_code(submission):
    package = submission.package
    if package is None:
        not_applicable("There is no code beside the tests.")
    found = settings(submission)
    modules = [module for module in package.modules if not module.is_empty]
    lines = {module.path: module.code_lines for module in modules}
    chosen, hidden = False, set()
    for path, sections in found:
        run, report = sections.get("run", {}), sections.get("report", {})
        omitted = [*words(run.get("omit")), *words(report.get("omit"))]
        taken = [*words(run.get("source")), *words(run.get("source_pkgs")), *words(run.get("include"))]
        taken += words(report.get("include"))
        named = any("test" in word for word in omitted)
        own = bool(taken) and not any(
            word in (".", "./", "*", "tests") or word.startswith("tests/") for word in taken
        )
        chosen = chosen or named or own
        hidden |= {
            name for name in lines for word in omitted if fnmatch(name, word) or fnmatch(f"/{name}", word)
        }
        evidence(
            path, None, f"omit: {', '.join(omitted) or 'nothing'}; source: {', '.join(taken) or 'all'}"[:500]
        )
        broad = [
            word
            for key in ("exclude_lines", "exclude_also")
            for word in words(report.get(key))
            if word in _EVERYTHING
        ]
        assert not broad, evidence(
            path, None, f"the pattern {broad[0]!r} of the excluded lines matches nearly every line"
        )
    given = [
        item
        for item in commands(submission)
        if re.search(r"--cov[=\s]+[\w./]|--source[=\s]|--omit[=\s]", item[2])
    ]
    for path, number, line in given[:3]:
        evidence(path, number, line)
    assert chosen or given, "No configuration of coverage leaves the tests out: they count as covered code."
    share = sum(lines[name] for name in hidden) / max(1, sum(lines.values()))
    text = f"The configuration leaves {len(hidden)} of {len(lines)} modules of the code out: {', '.join(sorted(hidden)[:5])}."
    assert share <= 0.5, text
    if share > 0.1:
        partial(0.5, text)


@check(
    "The repository's own command measures the coverage of the code",
    points=2,
    questions=[8],
    scope="exercises",
    environment="required",
    requires=["tests_pass"],
    hint="Run `coverage run -m pytest tests/` and `coverage report`: every module of the package is in the table, the tests are "
    "not. Write the commands into the README, a task or a Makefile, and the settings into `pyproject.toml`.",
)
def test_own_coverage_is_of_the_code(submission, student, rng):
    found = [one for path, number, line in commands(submission) for one in runs_in(path, number, line)]
    assert found, (
        "No task, workflow, Makefile or README runs the tests under `coverage run` or `pytest --cov`."
    )
    hiding = [name for name in _TOOLS if submission.exists(name)]
    assert not hiding, f"`{hiding[0]}` stands in the place of the tool that measures."
    path, number, module, arguments = found[0]
    evidence(path, number, " ".join([module, *arguments]))
    done = student.run_module(module, arguments, timeout=60, cpu_s=CPU_S)
    assert done.returncode == 0, f"`{module} {' '.join(arguments)}` ends with exit code {done.returncode}."
    measured = report(student)
    # Behind theirs: a run that is made now leaves a test that fails.
    run = Run(submission, student)
    require_notice(submission, student, rng)
    tests = sorted(filter(pytest_settings(submission).is_file, measured))
    assert not tests, f"The tests count as covered code: {', '.join(tests)[:300]}."
    wanted = {
        file.path: run.files[file.path] for file in code_of(submission) if run.files.get(file.path, (0, 0))[1]
    }
    left_out = sorted(wanted.keys() - measured.keys())
    assert not left_out, (
        f"The tests run these modules, and the report leaves them out: {', '.join(left_out)[:300]}."
    )
    counted = sum(measured[path] for path in wanted)
    left = sum(for_programs(file) for file in code_of(submission) if file.path in wanted)
    statements = sum(count for count, _ in wanted.values()) - left
    assert counted >= 0.9 * statements, (
        f"The report counts {counted} of {statements} statements: settings leave lines out."
    )


def for_programs(file):
    """The statements of a module that run in no test, and that many leave out: of a program, and for type checkers."""
    guards = [
        node
        for node in file.tree.body
        if isinstance(node, ast.If) and re.search(r"__name__ == |TYPE_CHECKING", ast.unparse(node.test))
    ]
    inside = {one.lineno for guard in guards for one in ast.walk(guard) if isinstance(one, ast.stmt)}
    return len(inside)


def runs_in(path, number, line):
    """The commands in a line that run tests under coverage: `(path, line number, module, arguments)`."""
    for one in _RUN.finditer(line):
        try:
            arguments = shlex.split(one["rest"])
        except ValueError:
            continue
        runs = arguments[:1] == ["run"] and "pytest" in arguments
        if runs if one["module"] == "coverage" else any(word.startswith("--cov") for word in arguments):
            yield path, number, one["module"], arguments
            return


def report(student):
    """The statements of each file in the report that the repository's settings make of the last run."""
    name = f"report_{secrets.token_hex(8)}.json"
    asked = ["json", "-o", name]
    if student.run_module("coverage", asked, timeout=30).returncode not in (0, 2):
        # Settings may keep the data of each process in a file of its own.
        student.run_module("coverage", ["combine"], timeout=30)
        student.run_module("coverage", asked, timeout=30)
    try:
        files = json.loads(student.read(name))["files"]
        return {path.replace("\\", "/"): int(one["summary"]["num_statements"]) for path, one in files.items()}
    except StudentFault as fault:
        if fault.kind != "missing":
            raise
        raise AssertionError("`coverage` has nothing to report after the command.") from fault
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise StudentFault("reply", "The report of coverage cannot be read.") from problem
