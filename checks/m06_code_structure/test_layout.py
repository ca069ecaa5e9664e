"""M6: a package that can be installed, in a structure that others know their way around in."""

import re

from grader.suite import SubmissionFault, check, evidence, measure, partial, work

# The structures that the course's template has had; `<pkg>` is the name of the package. One of each line's globs counts.
_GENERATIONS = {
    "L1": """
        src/__init__.py
        src/data/make_dataset.py
        src/features/**
        src/models/model*.py
        src/models/train_model.py
        src/models/predict_model.py
        src/visualization/**
        setup.py
        requirements.txt
        Makefile
        tox.ini test_environment.py
        docs/**
        models/**
        notebooks/**
        reports/**
    """,
    "L2": """
        src/data/make_dataset.py
        src/models/model.py
        src/visualizations/** src/visualization/**
        setup.py pyproject.toml
        Makefile
        dockerfiles/**
        tests/**
        models/**
        notebooks/**
        reports/**
    """,
    "L3": """
        <pkg>/__init__.py
        <pkg>/data/**
        <pkg>/models/**
        **/train_model.py
        **/predict_model.py
        <pkg>/visualizations/** <pkg>/visualization/**
        pyproject.toml
        Makefile
        requirements.txt
        dockerfiles/** docker/**
        docs/**
        tests/**
        models/**
        notebooks/**
        reports/**
    """,
    "L4/L5": """
        src/<pkg>/__init__.py
        src/<pkg>/data.py
        src/<pkg>/model.py
        src/<pkg>/train.py
        src/<pkg>/evaluate.py
        src/<pkg>/visualize.py
        src/<pkg>/api.py
        pyproject.toml
        tasks.py
        tests/**
        configs/**
        dockerfiles/**
        docs/**
        models/**
        notebooks/**
        reports/**
    """,
}
_COMMAND = re.compile(
    r"^\s*(?:[$>%#]\s+)?(?:(?:uv|poetry|pdm|pipenv|conda|hatch) run (?:-\S+ )*)?"
    r"(?P<tool>python3?|invoke|inv|make|just|torchrun|accelerate|dvc|docker|snakemake)\s+(?P<rest>\S.*)"
)
_UV_RUN = re.compile(r"^\s*(?:[$>%]\s+)?(?:uv|poetry|pdm|hatch) run (?P<rest>[\w./-]+.*)")
_SETTING_UP = re.compile(
    r"(?:-m )?(?:pip|venv|ensurepip|pre-commit|pre_commit|ruff|mypy|black|flake8|isort|pytest|coverage|python -m pip)\b"
    r"|--version|pull\b|push\b|(?:dev[-_])?requirements\b|create[-_]environment\b|(?:build|serve)[-_]docs\b|clean\b|--list"
)
_SCRIPT = re.compile(r"(?<![\w<{$])(?:[\w.-]+[/\\])*[\w-]+\.py\b")
# Empty as a rule.
_NO_STUBS = ("__init__.py", "conftest.py")
_TARGET = re.compile(r"^([A-Za-z][\w-]*)[^:=\n]*:(?!=)", re.MULTILINE)


@work(
    "a Python package (a folder with `__init__.py`), or a `pyproject.toml` or `setup.py` that describes one"
)
def find_work(submission):
    if submission.profile == "project":
        return bool(submission.files("**/*.py", "**/*.ipynb"))
    package = submission.package
    described = submission.files("setup.py", "*/setup.py")
    try:
        described = described or "project" in submission.pyproject
    except SubmissionFault:
        described = True
    return bool(submission.files("**/*.py")) and bool(described or (package and package.importable))


@check(
    "The code lies in a package",
    points=2,
    questions=[5],
    hint="Move the code into `src/<name>/` with an `__init__.py`; the name is a word in lower case that Python can import.",
)
def test_code_is_a_package(submission):
    package = submission.package
    measure("n_python_files", len(submission.files("**/*.py")))
    measure("n_notebooks", len(submission.files("**/*.ipynb")))
    if package is None and submission.broken_python:
        raise submission.broken_python[0]
    assert package is not None, "There is no Python file outside of tests: all the code lies in notebooks."
    measure("package", package.name)
    measure("package_code_lines", package.code_lines)
    where = f"`{package.folder}`" if package.folder else "the root of the repository"
    named = bool(package.name and package.folder)
    assert named, f"The code lies as single scripts in {where}, not in a package."
    assert package.code_lines > 0, f"The package {where} holds no code."
    evidence(f"{package.folder}/__init__.py" if package.importable else package.modules[0].path)
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", package.name):
        partial(1, f"The package is called `{package.name}`: names of packages are in lower case.")
    if not package.importable:
        partial(1, f"{where} has no `__init__.py`: add one, so that tools know it for a package.")


@check(
    "The package can be installed",
    points=1,
    questions=[4, 5],
    hint="Give `pyproject.toml` a `[project]` table with `name` and `version` and a `[build-system]`, so that "
    "`pip install -e .` (or `uv sync`) makes `import <name>` work from anywhere.",
)
def test_package_can_be_installed(submission):
    path = next(iter(submission.files("pyproject.toml", "*/pyproject.toml")), "pyproject.toml")
    pyproject = submission.pyproject
    project = pyproject.get("project")
    tool = pyproject.get("tool") if isinstance(pyproject.get("tool"), dict) else {}
    poetry = tool.get("poetry") if isinstance(tool.get("poetry"), dict) else {}
    table = project if isinstance(project, dict) else poetry
    if not table:
        scripts = submission.files("setup.py", "*/setup.py")
        made = [name for name in scripts if submission.python(name).calls("setup")]
        assert made or _in_setup_cfg(submission), (
            "Neither `pyproject.toml` nor `setup.py` describes a package."
        )
        evidence(made[0] if made else "setup.cfg")
        return
    name = table.get("name", "")
    spelled = isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?", name, re.ASCII)
    assert spelled, evidence(path, None, f"`name = {name!r}` is not the name of a package")
    versioned = "version" in table or "version" in (table.get("dynamic") or ()) or table is poetry
    assert versioned, evidence(path, None, "the [project] table has no `version`")
    if poetry.get("package-mode") is False or _table(tool, "uv").get("package") is False:
        partial(0.5, f"{path} says that this is no package: take `package = false` out.")
    wanted = _folder_of_backend(pyproject, tool, name)
    found = not wanted or submission.files(*(f"{folder}/**" for folder in wanted))
    assert found, evidence(
        path, None, f"the build looks for the folder {' or '.join(wanted)}, which is not there"
    )
    evidence(path, None, f"name = {name!r}")


def _table(data, key):
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _in_setup_cfg(submission):
    return any(
        "[metadata]" in submission.lines(path) for path in submission.files("setup.cfg", "*/setup.cfg")
    )


def _folder_of_backend(pyproject, tool, name):
    """The folders in which a build backend looks for the package where nothing tells it another one."""
    backend = str(_table(pyproject, "build-system").get("build-backend", ""))
    plain = re.sub(r"[-.]+", "_", name)
    told = {
        "uv_build": _table(_table(tool, "uv"), "build-backend"),
        "hatchling": _table(tool, "hatch"),
        "poetry.core": {"packages": _table(tool, "poetry").get("packages")},
        "flit_core": _table(_table(tool, "flit"), "module"),
    }
    settings = next((value for key, value in told.items() if backend.startswith(key)), {"": ""})
    if any(settings.values()):
        return []
    return [f"src/{plain}"] if backend.startswith("uv_build") else [f"src/{plain}", plain]


@check(
    "The repository follows a structure that others know",
    points=1,
    required=False,
    questions=[5],
    boxes=["w1-04"],
    hint="Start from the course's template, or move towards it: the package under `src/`, and beside it `tests/`, "
    "`configs/`, `models/`, `reports/`, `pyproject.toml` and a file of tasks.",
)
def test_structure_is_known(submission):
    package = submission.package
    name = (package.name if package else "") or "*"
    shares = {}
    for generation, text in _GENERATIONS.items():
        lines = [line.split() for line in text.replace("<pkg>", name).strip().splitlines()]
        shares[generation] = sum(bool(submission.files(*globs)) for globs in lines) / len(lines)
    best = max(shares, key=lambda generation: shares[generation])
    share = round(100 * shares[best])
    measure("template_share", share, "%")
    measure("layout", best)
    evidence("", None, f"{share} % of the template's structure of generation {best}")
    if share >= 50 or submission.exists(".cruft.json"):
        return
    packaged = package is not None and package.importable
    assert packaged, f"Only {share} % of the template's structure is here, and there is no package."
    partial(0.5, f"{share} % of the template's structure is here: at least half was expected.")


@check(
    "Files of the template are filled in or removed",
    points=1,
    required=False,
    questions=[5],
    hint="Write what the empty file is for, or delete it: an empty `evaluate.py` promises something that is not there.",
)
def test_no_stubs_are_left(submission):
    package = submission.package
    inside = [module.path for module in package.modules] if package and package.folder else []
    inside = [path for path in [*inside, *submission.files("tests/**/*.py")] if not path.endswith(_NO_STUBS)]
    stubs = [path for path in inside if submission.is_template(path)]
    measure("n_template_stubs", len(stubs))
    for path in stubs:
        evidence(path, None, "empty, or as the template made it")
    named = ", ".join(f"`{path}`" for path in stubs[:5])
    assert inside, "There is no code beside the template's."
    if stubs and len(stubs) < len(inside) / 2:
        partial(0.5, f"Still empty, or as the template made them: {named}.")
    assert not stubs, f"{len(stubs)} of {len(inside)} files are empty, or as the template made them: {named}."


@check(
    "The README says how to run the project",
    points=1,
    questions=[4, 5],
    hint="Show the commands in a code block, in the order in which a newcomer types them: install, get the data, train.",
)
def test_readme_says_how_to_run(submission):
    paths = submission.files("README.md", "README.rst", "README.txt", "README", "readme.md")
    paths += [path for path in submission.files("*/README.md") if not path.startswith(("reports/", "docs/"))]
    assert paths, "There is no README."
    written = [path for path in paths if not submission.is_template(path)]
    assert written, f"`{paths[0]}` is empty, or as the template made it."
    stale = []
    for path in written:
        for number, line in _code(submission.lines(path)):
            missing = _runs(submission, line)
            if missing == []:
                evidence(path, number, line)
                return
            stale += [
                evidence(path, number, f"`{script}` is not in the repository") for script in missing or ()
            ]
    assert not stale, stale
    raise AssertionError(f"`{written[0]}` shows no command that runs the code.")


def _code(lines):
    """The lines in code blocks and code spans."""
    fenced = False
    for number, line in enumerate(lines, start=1):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif fenced or line.startswith(("    ", "\t")):
            yield number, line.strip()
        else:
            for span in re.findall(r"`([^`]{3,300})`", line):
                yield number, span


def _runs(submission, line):
    """The scripts that a command names and that are not there; None where the line is no command that runs code."""
    match = _COMMAND.match(line) or _UV_RUN.match(line)
    if not match:
        return None
    rest, tool = match.group("rest"), match.groupdict().get("tool") or ""
    if _SETTING_UP.match(rest) or (tool == "docker" and not re.match(r"(?:compose|run|build)\b", rest)):
        return None
    files = submission.files("**/*.py")
    named = [name.replace("\\", "/").removeprefix("./") for name in _SCRIPT.findall(rest)]
    return [name for name in named if not any(path == name or path.endswith("/" + name) for path in files)]


@check(
    "Tasks run the steps of the project",
    points=1,
    required=False,
    questions=[4, 12],
    hint="One task for the data and one for training, in `tasks.py` (invoke), a Makefile, a justfile or "
    "`[project.scripts]`: nobody has to remember paths.",
)
def test_tasks_run_the_steps(submission):
    tasks = _tasks(submission)
    measure("n_tasks", len(tasks))
    assert tasks, "There is no `tasks.py`, Makefile, justfile or `[project.scripts]` with a task."
    data = [name for name in tasks if re.search(r"data|process|download", name, re.I)]
    train = [name for name in tasks if re.search(r"train|fit", name, re.I)]
    for name in [*data[:1], *train[:1]]:
        evidence(tasks[name], None, name)
    gone = [found for path in submission.files("tasks.py", "*/tasks.py") for found in _gone(submission, path)]
    assert not gone, gone
    assert data or train, f"None of the tasks ({', '.join(sorted(tasks)[:6])}) makes the data or trains."
    if not (data and train):
        partial(
            0.5,
            f"There is a task that {'makes the data' if data else 'trains'}, and none that "
            f"{'trains' if data else 'makes the data'}.",
        )


def _tasks(submission):
    """Where each task is defined, by its name."""
    found = {}
    for path in submission.files("tasks.py", "*/tasks.py"):
        for function in submission.python(path).functions:
            if any(decorator.name.rpartition(".")[2] == "task" for decorator in function.decorators):
                found[function.name] = path
    for path in submission.files("Makefile", "makefile", "*/Makefile", "justfile", "Justfile"):
        if not path.startswith("docs/"):
            found.update(dict.fromkeys(_TARGET.findall("\n".join(submission.lines(path))), path))
    for scripts in (
        _table(submission.pyproject.get("project") or {}, "scripts"),
        _poetry_scripts(submission),
    ):
        found.update(dict.fromkeys(map(str, scripts), "pyproject.toml"))
    return found


def _poetry_scripts(submission):
    return _table(_table(_table(submission.pyproject, "tool"), "poetry"), "scripts")


def _gone(submission, path):
    """Scripts that a tasks file names and that are not in the repository; `{…}` stands for anything."""
    for number, line in enumerate(submission.lines(path), start=1):
        for name in re.findall(r"(?:[\w.{}-]+/)+[\w{}-]+\.py\b", line.partition("#")[0]):
            glob = re.sub(r"\{[^{}/]*\}", "*", name)
            if not submission.files(glob, f"*/{glob}"):
                yield evidence(path, number, f"`{name}` is not in the repository")
