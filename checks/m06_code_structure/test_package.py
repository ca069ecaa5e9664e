"""M6: what a project says of its package to the tools that install it, and whether they can."""

import posixpath
import re

from grader.suite import check, evidence, not_applicable, partial

from ._common import table


@check(
    "The repository describes its package",
    points=0.5,
    required=False,
    scope="project",
    questions=[4, 5],
    above=("pyproject.toml", "setup.py"),
    hint="Give `pyproject.toml` a `[project]` table with `name` and `version` and a `[build-system]`, so that "
    "`pip install -e .` (or `uv sync`) makes `import <name>` work from anywhere.",
)
def test_package_is_described(submission):
    path = _pyproject(submission)
    if _described(submission):
        if _is_no_package(submission):
            partial(0.25, f"{path} says that this is no package: take `package = false` out.")
        evidence(path)
        return
    script = _described_by_setuptools(submission)
    assert script, "Neither `pyproject.toml` nor `setup.py` describes a package."
    evidence(script)


@check(
    "The package can be installed",
    points=0.5,
    scope="project",
    questions=[4, 5],
    above=("pyproject.toml", "setup.py"),
    hint="Run `pip install .` in a fresh clone. The `[project]` table needs `name` and `version`, and the build backend finds "
    "the package by that name or where its own table says.",
)
def test_package_can_be_installed(submission):
    path, described = _pyproject(submission), _described(submission)
    if not described:
        script = _described_by_setuptools(submission)
        if not script:
            not_applicable("Nothing describes a package to install.")
        evidence(script)
        return
    if _is_no_package(submission):
        not_applicable(f"{path} says that this is no package.")
    name = described.get("name", "")
    spelled = isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?", name, re.ASCII)
    assert spelled, evidence(path, None, f"`name = {name!r}` is not the name of a package")
    by_poetry = described is table(_tools(submission), "poetry")
    versioned = "version" in described or "version" in (described.get("dynamic") or ()) or by_poetry
    assert versioned, evidence(path, None, "the [project] table has no `version`")
    base = posixpath.dirname(path)
    for folders in _wanted(submission, name):
        paths = [posixpath.normpath(posixpath.join(base, folder)) for folder in folders]
        found = submission.files(*(f"{one}/**" for one in paths), *(f"{one}.py" for one in paths))
        what = f"the build looks for the folder {' or '.join(folders)}, which is not there"
        assert found, evidence(path, None, what)
    evidence(path, None, f"name = {name!r}")


def _pyproject(submission):
    return next(iter(submission.files("pyproject.toml", "*/pyproject.toml")), "pyproject.toml")


def _tools(submission):
    return table(submission.pyproject, "tool")


def _described(submission):
    """The table of pyproject.toml that describes a package: the standard's, or Poetry's."""
    pyproject = submission.pyproject
    assert isinstance(pyproject.get("project", {}), dict), evidence(
        _pyproject(submission), None, "`project` is no table"
    )
    return table(pyproject, "project") or table(_tools(submission), "poetry")


def _described_by_setuptools(submission):
    """The `setup.py` or `setup.cfg` that describes a package, or an empty string."""
    scripts = submission.files("setup.py", "*/setup.py")
    made = [path for path in scripts if submission.python(path).calls("setup")]
    configs = submission.files("setup.cfg", "*/setup.cfg")
    made += [path for path in configs if "[metadata]" in submission.lines(path)]
    return next(iter(made), "")


def _is_no_package(submission):
    tools = _tools(submission)
    return table(tools, "poetry").get("package-mode") is False or table(tools, "uv").get("package") is False


def _wanted(submission, name):
    """The folders that the build looks for, one of each list; nothing where only the backend itself can tell."""
    tools = _tools(submission)
    backend = str(table(submission.pyproject, "build-system").get("build-backend", ""))
    plain = re.sub(r"[-.]+", "_", name)
    if backend.startswith("setuptools"):
        return _listed(table(tools, "setuptools")) if not submission.files("setup.py", "setup.cfg") else []
    told = {
        "uv_build": table(table(tools, "uv"), "build-backend"),
        "hatchling": table(tools, "hatch"),
        "poetry.core": table(tools, "poetry").get("packages"),
        "flit_core": table(table(tools, "flit"), "module"),
    }
    known = next((key for key in told if backend.startswith(key)), "")
    # Without a backend of its own a project is built by setuptools, which finds any package.
    if not known or told[known]:
        return []
    names = dict.fromkeys([plain, plain.lower()])
    return [[f"src/{one}" for one in names] + ([] if known == "uv_build" else list(names))]


def _listed(setuptools):
    """The folders of the packages that setuptools is told by name; each has to be there."""
    packages, roots = setuptools.get("packages"), table(setuptools, "package-dir")
    found = []
    for package in packages if isinstance(packages, list) else ():
        parts, rest = str(package).split("."), []
        while parts and ".".join(parts) not in roots:
            rest.insert(0, parts.pop())
        found.append([posixpath.join(str(roots.get(".".join(parts), "")), *rest)])
    return found
