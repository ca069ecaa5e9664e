"""M16: what the repository says about measuring coverage, read as data; what it says decides nothing of the grader's run."""

import configparser
import re
from fnmatch import fnmatch

from grader.suite import SubmissionFault, check, evidence, not_applicable, partial

_COMMAND = re.compile(
    r"\bcoverage3?\s+(?:run|report|xml|html|json)\b|\bcoverage\b.{0,40}\bpytest\b|--cov(?:[=\s\"',]|-report|$)"
)
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
    questions=[8],
    boxes=["w2-03"],
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
