"""M6: a package that can be installed, in a structure that others know their way around in."""

import re

from grader.suite import SubmissionFault, check, evidence, measure, partial, work, work_folders

from ._common import STEPS, is_named

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
#: Of data, training, evaluation and visualization: the exercise begins with a file for each.
_FEWEST_STEPS = 3
# Empty as a rule.
_NO_STUBS = ("__init__.py", "conftest.py")


@work(
    "the modules of a project: files for the data, the training and the evaluation or the pictures, or a `grader.toml` for M6",
    above=("pyproject.toml", "setup.py"),
)
def find_work(submission):
    if submission.profile == "project":
        return bool(submission.files("**/*.py", "**/*.ipynb"))
    return _folders(submission)


def _folders(submission):
    """The folders of the exercise: those that say so, then those with a file for most steps, the fullest first.

    A package alone is no work of this module: most exercises have one.
    """
    named = {path: _named_in(submission, path) for path in submission.files("**/grader.toml")}
    own = work_folders(submission, [path for path, module in named.items() if module == "M6"])
    others = work_folders(submission, [path for path, module in named.items() if module != "M6"])
    steps = {}
    for path in submission.files("**/*.py"):
        stem = path.rpartition("/")[2].removesuffix(".py")
        if stem.startswith("test_"):
            continue
        [home] = work_folders(submission, [path])
        steps.setdefault(home, set()).update(name for name in STEPS if is_named(stem, name))
    full = [home for home, found in steps.items() if len(found) >= _FEWEST_STEPS and home not in others]
    full.sort(key=lambda home: (-len(steps[home]), home.count("/"), home))
    return list(dict.fromkeys([*own, *full]))


def _named_in(submission, path):
    """The module that a `grader.toml` names."""
    try:
        return submission.toml(path).get("module")
    except SubmissionFault:
        return None


@check(
    "The code lies in a package",
    points=2,
    required=False,
    scope="project",
    questions=[5],
    hint="Move the code into `src/<name>/` with an `__init__.py`; the name is a word in lower case that Python can import.",
)
def test_code_is_a_package(submission):
    package = submission.package
    measure("n_python_files", len(submission.files("**/*.py")))
    measure("n_notebooks", len(submission.files("**/*.ipynb")))
    if package is None and submission.unread_python:
        raise submission.unread_python[0]
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
    "The repository follows a structure that others know",
    points=1,
    scope="project",
    required=False,
    questions=[5],
    boxes=["w1-04"],
    above=("pyproject.toml", "README.md", "tasks.py"),
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
    scope="project",
    required=False,
    questions=[5],
    hint="Write what the empty file is for, or delete it: an empty `evaluate.py` promises something that is not there.",
)
def test_no_stubs_are_left(submission):
    inside, stubs = _stubs(submission)
    measure("n_template_stubs", len(stubs))
    for path in stubs:
        evidence(path, None, "empty, or as the template made it")
    named = ", ".join(f"`{path}`" for path in stubs[:5])
    assert inside, "There is no code beside the template's."
    if stubs and len(stubs) < len(inside) / 2:
        partial(0.5, f"Still empty, or as the template made them: {named}.")
    assert not stubs, f"{len(stubs)} of {len(inside)} files are empty, or as the template made them: {named}."


def _stubs(submission):
    """The files of the package and its tests, and those of them that are empty, or as the template made them."""
    package = submission.package
    inside = [module.path for module in package.modules] if package and package.folder else []
    inside = [path for path in [*inside, *submission.files("tests/**/*.py")] if not path.endswith(_NO_STUBS)]
    return inside, [path for path in inside if submission.is_template(path)]


@check(
    "Nothing is left over of the template",
    points=1,
    questions=[5],
    scope="exercises",
    requires=["evaluation_is_right"],
    hint="Write what the empty file is for, or delete it: an empty `evaluate.py` promises something that is not there.",
)
def test_nothing_is_left_over(submission):
    _, stubs = _stubs(submission)
    named = ", ".join(f"`{path}`" for path in stubs[:5])
    assert not stubs, f"Empty, or as the template made them: {named}."
