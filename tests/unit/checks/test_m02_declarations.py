"""M2, M6 and M9: broken declarations are named, addresses are no versions, and a lock has to fit."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from grader.results import CheckResult
from grader.testing import run_check

M2, M6, M9 = "checks/m02_package_manager", "checks/m06_code_structure", "checks/m09_cli"
SHA = "0123456789abcdef0123456789abcdef01234567"
CODE = {"fit.py": "import numpy\n"}
BROKEN = '[project]\nname = "fit"\ndependencies = ["numpy==2.1.0"]\n[tool.x]\npath = "C:\\Users\\me"\n'
LOOSE = '[project]\nname = "fit"\nversion = "1"\ndependencies = ["numpy>=2.1", "typer>=0.15"]\n'


def versions(files: Mapping[str, str]) -> CheckResult:
    return run_check(M2, "versions_are_fixed", {**CODE, **files}, profile="project")


def said(result: CheckResult) -> str:
    return " ".join([result.message, *(item.text for item in result.evidence)])


def uv_lock(requires: str = "", **packages: str) -> str:
    """A lock of the project `fit`; `requires` is the inside of its requires-dist."""
    own = '[[package]]\nname = "fit"\nversion = "1"\nsource = { virtual = "." }\n'
    listed = "".join(
        f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ registry = "https://x.example" }}\n'
        for name, version in packages.items()
    )
    return f"version = 1\n{own}[package.metadata]\nrequires-dist = [{requires}]\n{listed}"


FITS = '{ name = "numpy", specifier = ">=2.1" }, { name = "typer", specifier = ">=0.15" }'


@pytest.mark.parametrize(
    ("files", "path", "line"),
    [
        ({"pyproject.toml": BROKEN}, "pyproject.toml", 5),
        ({"pyproject.toml": BROKEN, "requirements.txt": "numpy==2.1.0\n"}, "pyproject.toml", 5),
        ({"pyproject.toml": '[project]\nname = "fit"\ndependencies = "numpy==2.1"\n'}, "pyproject.toml", 3),
        (
            {"pyproject.toml": '[project]\nname = "fit"\ndependencies = ["numpy>=2", "typer >=> 1"]\n'},
            "pyproject.toml",
            3,
        ),
        (
            {"pyproject.toml": '[project]\nname = "fit"\n[project.dependencies]\nnumpy = "2"\n'},
            "pyproject.toml",
            3,
        ),
        ({"environment.yml": "name: fit\ndependencies:\n  - numpy=2.1\n - pip\n"}, "environment.yml", 4),
        ({"environment.yml": "name: fit\ndependencies: numpy\n"}, "environment.yml", 2),
        ({"setup.py": "from setuptools import setup\nsetup(install_requires=['numpy'\n"}, "setup.py", 2),
        ({"setup.cfg": "[options]\ninstall_requires = numpy\nnonsense\n"}, "setup.cfg", 3),
        ({"Pipfile": '[packages]\nnumpy = "*\n'}, "Pipfile", 2),
        ({"pixi.toml": '[dependencies]\nnumpy = "*\n'}, "pixi.toml", 2),
        ({"requirements.txt": "numpy==2.1\ntorch==2.4\n<<<<<<< HEAD\n"}, "requirements.txt", 3),
        ({"requirements.txt": "numpy==2.1\ntyper\0\n"}, "requirements.txt", 2),
    ],
)
@pytest.mark.parametrize(
    ("suite", "check"),
    [
        (M2, "the_project_has_its_own_environment"),
        (M2, "versions_are_fixed"),
        (M6, "dependencies_are_declared"),
    ],
)
def test_a_broken_declaration_is_named_with_its_line(
    suite: str, check: str, files: dict[str, str], path: str, line: int
) -> None:
    package = {"src/fit/__init__.py": "", "src/fit/model.py": "import numpy\n"}
    result = run_check(suite, check, {**CODE, **package, **files}, profile="project")
    assert result.verdict == "failed"
    assert path in result.message
    assert f"line {line}" in result.message
    assert (path, line) in [(item.path, item.line) for item in result.evidence]
    assert "Nothing declares" not in result.message
    assert "address" not in result.message


def test_tasks_are_not_excused_by_a_broken_declaration() -> None:
    tasks = "from invoke import task\n@task\ndef python(ctx):\n    ctx.run('which python')\n"
    result = run_check(M9, "python_task", {"tasks.py": tasks, "pyproject.toml": BROKEN}, profile="exercises")
    assert (result.verdict, "line 5" in result.message) == ("failed", True)


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": '[project]\nname = "fit"\nversion = "1"\n'},
        {"requirements.txt": "# nothing yet\n"},
        {"environment.yml": "name: fit\nchannels: [defaults]\ndependencies:\n  - python=3.11\n"},
    ],
)
def test_no_dependency_is_not_one_from_an_address(files: dict[str, str]) -> None:
    result = versions(files)
    assert result.verdict == "not_applicable"
    assert "address" not in result.message
    assert "No dependency" in result.message


@pytest.mark.parametrize(
    "line",
    [
        "numpy @ file:///C:/Users/me/numpy.whl",
        "numpy @ file:///C:/Users/My Name/numpy.whl",
        "numpy @ file:///home/me/numpy-2.1.0-cp312-cp312-linux_x86_64.whl#sha256=" + "0" * 64,
        "-e .",
        "-e ../other",
        "--editable=./missing",
        "./missing",
        "../wheels/numpy-2.1.0-py3-none-any.whl",
        "C:\\wheels\\numpy-2.1.0-py3-none-any.whl",
        "git+https://code.example/a/numpy",
        "git+https://code.example/a/numpy.git@main",
        "git+https://code.example/a/numpy.git@v2.1.0#egg=numpy",
        "numpy @ git+https://code.example/a/numpy.git@0123456",
        "-e git+https://code.example/a/numpy.git#egg=numpy",
        "https://code.example/a/numpy/archive/main.zip",
        "numpy @ https://code.example/numpy.whl",
    ],
)
def test_an_address_is_no_version(line: str) -> None:
    result = versions({"requirements.txt": f"typer==0.15.1\n{line}\n"})
    assert result.verdict == "partial"
    assert ("requirements.txt", 2) in [(item.path, item.line) for item in result.evidence]


@pytest.mark.parametrize(
    "line",
    [
        f"numpy @ git+https://code.example/a/numpy.git@{SHA}",
        f"git+https://code.example/a/numpy.git@{SHA}",
        f"-e git+https://code.example/a/numpy.git@{SHA}#egg=numpy",
        f"git+ssh://git@code.example/a/numpy.git@{SHA}#egg=numpy&subdirectory=x",
        f"https://code.example/a/numpy/archive/{SHA}.zip",
        "https://code.example/numpy-2.1.0-py3-none-any.whl",
        "numpy @ https://code.example/numpy-2.1.0-cp312-cp312-win_amd64.whl",
        "numpy @ https://code.example/numpy.zip#sha256=" + "0" * 64,
    ],
)
def test_an_address_that_cannot_move_is_a_version(line: str) -> None:
    assert versions({"requirements.txt": f"{line}\n"}).verdict == "passed"


def test_the_project_itself_is_no_dependency_of_its_own() -> None:
    pyproject = LOOSE.replace('"numpy>=2.1", "typer>=0.15"', '"numpy==2.1.0", "fit[dev]"')
    assert versions({"requirements.txt": "-e .[dev]\n", "pyproject.toml": pyproject}).verdict == "passed"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"requirements.txt": "typer>=0.15\n"}, "typer>=0.15: at least 0.15"),
        ({"requirements.txt": "typer>0.15\n"}, "typer>0.15: above 0.15"),
        ({"requirements.txt": "typer != 0.15\n"}, "typer!=0.15: any but 0.15"),
        ({"requirements.txt": "typer>=0.15,!=0.16\n"}, "typer!=0.16,>=0.15: at least 0.15, any but 0.16"),
        ({"requirements.txt": "typer\n"}, "typer: any version"),
        (
            {"pyproject.toml": '[tool.poetry]\nname="fit"\n[tool.poetry.dependencies]\ntyper = ">=0.15"\n'},
            "typer>=0.15: at least 0.15",
        ),
        ({"pyproject.toml": '[tool.poetry.dependencies]\ntyper = "*"\n'}, "typer: any version"),
        ({"Pipfile": '[packages]\ntyper = ">=0.15"\n'}, "typer>=0.15: at least 0.15"),
        ({"environment.yml": "name: a\ndependencies:\n  - typer>=0.15\n"}, "typer>=0.15: at least 0.15"),
        ({"requirements.txt": "typer @ file:///tmp/typer.whl\n"}, "typer: a file of one computer"),
    ],
)
def test_bounds_are_told_as_they_are_written(files: dict[str, str], told: str) -> None:
    result = versions(files)
    assert (result.verdict, told in [item.text for item in result.evidence]) == ("failed", True)


@pytest.mark.parametrize(
    "files",
    [
        {
            "pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.11"\nnumpy = "^2.1"\ntyper = "0.15.1"\n'
        },
        {
            "environment.yml": "name: a\ndependencies:\n  - python=3.11\n  - numpy=2.1\n  - typer=0.15.1=py_0\n"
        },
        {"Pipfile": '[packages]\nnumpy = "==2.1.0"\n'},
        {"pixi.toml": '[dependencies]\nnumpy = "2.1.*"\n'},
    ],
)
def test_versions_of_other_tools_are_versions(files: dict[str, str]) -> None:
    assert versions(files).verdict == "passed"


def test_a_lock_that_fits() -> None:
    files = {"pyproject.toml": LOOSE, "uv.lock": uv_lock(FITS, numpy="2.1.0", typer="0.15.1")}
    assert versions(files).verdict == "passed"


@pytest.mark.parametrize(
    ("lock", "told"),
    [
        (uv_lock(FITS, numpy="2.1.0"), "does not name typer"),
        (uv_lock(FITS, numpy="2.1.0", typer="0.12.0"), "typer 0.12.0"),
        (
            uv_lock('{ name = "numpy", specifier = ">=2.1" }', numpy="2.1.0", typer="0.15.1"),
            "typer",
        ),
        (
            uv_lock(FITS.replace(">=0.15", ">=0.12"), numpy="2.1.0", typer="0.15.1"),
            "typer>=0.12",
        ),
        (uv_lock(FITS + ', { name = "rich" }', numpy="2.1.0", typer="0.15.1", rich="14.0"), "rich"),
        (uv_lock(FITS, numpy="2.1.0", typer="0.15.1").replace('"fit"', '"other"'), "fit"),
        ("version = 1\n", "does not name"),
    ],
)
def test_a_uv_lock_that_does_not_fit(lock: str, told: str) -> None:
    result = versions({"pyproject.toml": LOOSE, "uv.lock": lock})
    assert result.verdict in ("partial", "failed")
    assert "`uv.lock` does not fit" in result.message
    assert told in said(result)


POETRY = (
    '[tool.poetry]\nname = "fit"\n[tool.poetry.dependencies]\npython = "^3.11"\nnumpy = "^2.1"\ntyper = "*"\n'
)
COMPILED = "#\n# This file is autogenerated by pip-compile with Python 3.12\n#\n"


def toml_lock(**packages: str) -> str:
    return "".join(f'[[package]]\nname = "{name}"\nversion = "{v}"\n' for name, v in packages.items())


LOCKS = {
    "poetry": ({"pyproject.toml": POETRY}, "poetry.lock", toml_lock(numpy="2.1.0", typer="0.15.1")),
    "pdm": ({"pyproject.toml": LOOSE}, "pdm.lock", toml_lock(numpy="2.1.0", typer="0.15.1")),
    "pylock": (
        {"pyproject.toml": LOOSE},
        "pylock.toml",
        'lock-version = "1.0"\n' + toml_lock(numpy="2.1.0", typer="0.15.1").replace("package", "packages"),
    ),
    "pipfile": (
        {"Pipfile": '[packages]\nnumpy = ">=2.1"\ntyper = "*"\n'},
        "Pipfile.lock",
        '{"default": {"numpy": {"version": "==2.1.0"}, "typer": {"version": "==0.15.1"}}, "develop": {}}',
    ),
    "pixi": (
        {"pixi.toml": '[dependencies]\nnumpy = ">=2.1"\n[pypi-dependencies]\ntyper = "*"\n'},
        "pixi.lock",
        "version: 6\npackages:\n- conda: https://conda.example/conda-forge/linux-64/numpy-2.1.0-py312h58_0.conda\n"
        "- pypi: https://files.example/typer-0.15.1-py3-none-any.whl\n  name: typer\n  version: 0.15.1\n",
    ),
    "conda": (
        {"environment.yml": "name: a\ndependencies:\n  - numpy>=2.1\n  - pip:\n    - typer\n"},
        "conda-lock.yml",
        "version: 1\npackage:\n- name: numpy\n  version: 2.1.0\n  manager: conda\n"
        "- name: typer\n  version: 0.15.1\n  manager: pip\n",
    ),
    "pip-compile": (
        {"requirements.in": "numpy>=2.1\ntyper\n"},
        "requirements.txt",
        COMPILED + "numpy==2.1.0\n    # via -r requirements.in\ntyper==0.15.1\n",
    ),
    "uv pip compile": (
        {"pyproject.toml": LOOSE},
        "requirements.txt",
        "# This file was autogenerated by uv via the following command:\n#    uv pip compile pyproject.toml\n"
        "numpy==2.1.0\ntyper==0.15.1\n",
    ),
    "pip freeze": (
        {"pyproject.toml": LOOSE},
        "requirements.txt",
        "click==8.1.8\nnumpy==2.1.0\nrich==14.0.0\ntyper==0.15.1\n",
    ),
}


@pytest.mark.parametrize("kind", LOCKS)
def test_every_kind_of_lock_can_fit(kind: str) -> None:
    files, path, lock = LOCKS[kind]
    assert versions({**files, path: lock}).verdict == "passed"


@pytest.mark.parametrize("kind", LOCKS)
def test_every_kind_of_lock_has_to_name_what_is_declared(kind: str) -> None:
    files, path, lock = LOCKS[kind]
    result = versions({**files, path: lock.replace("typer", "other")})
    assert result.verdict in ("partial", "failed")
    assert f"`{path}` does not fit" in result.message
    assert "does not name typer" in said(result)


@pytest.mark.parametrize("kind", LOCKS)
def test_every_kind_of_lock_has_to_satisfy_what_is_declared(kind: str) -> None:
    files, path, lock = LOCKS[kind]
    result = versions({**files, path: lock.replace("2.1.0", "1.26.4")})
    assert result.verdict in ("partial", "failed")
    assert f"`{path}` does not fit" in result.message
    assert "numpy 1.26.4" in said(result)


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("uv.lock", 'version = 1\nname = "x\n', 2),
        ("Pipfile.lock", '{"default":\n', 2),
        ("pixi.lock", "version: 6\n packages: [\n", 2),
    ],
)
def test_a_broken_lock_is_named_with_its_line(path: str, text: str, line: int) -> None:
    result = versions({"pyproject.toml": LOOSE, path: text})
    assert result.verdict == "failed"
    assert path in result.message
    assert f"line {line}" in result.message


def workspace(folder: str, rich: str = "rich>=14") -> dict[str, str]:
    """A project with a member in `folder`, a dependency from git, a group, and the lock of all."""
    root = LOOSE.replace('"typer>=0.15"', '"lib", "clip"') + (
        "[dependency-groups]\ndev = ['ruff>=0.9', {include-group = 'docs'}]\ndocs = []\n"
        "[tool.uv.workspace]\nmembers = ['lib', 'libs/*']\n[tool.uv.sources]\nlib = { workspace = true }\n"
        "clip = { git = 'https://code.example/clip' }\n"
    )
    member = '[project]\nname = "lib"\nversion = "1"\ndependencies = ["' + rich + '"]\n'
    lock = uv_lock(
        '{ name = "clip", git = "https://code.example/clip" }, { name = "lib", editable = "' + folder + '" }, '
        '{ name = "numpy", specifier = ">=2.1" }',
        numpy="2.1.0",
        rich="14.0",
        ruff="0.9.1",
    ).replace("[[package]]\nname = \"numpy\"", "[package.metadata.requires-dev]\ndev = [{ name = 'ruff', specifier = "
              "'>=0.9' }]\n[[package]]\nname = \"numpy\"")  # fmt: skip
    lock += (
        '[[package]]\nname = "lib"\nversion = "1"\nsource = { editable = "'
        + folder
        + '" }\n[package.metadata]\n'
        'requires-dist = [{ name = "rich", specifier = ">=14" }]\n'
        f'[[package]]\nname = "clip"\nversion = "1"\nsource = {{ git = "https://code.example/clip#{SHA}" }}\n'
    )
    return {"pyproject.toml": root, f"{folder}/pyproject.toml": member, "uv.lock": lock}


@pytest.mark.parametrize("folder", ["lib", "libs/lib"])
def test_members_of_a_workspace_and_sources_are_locked_together(folder: str) -> None:
    result = versions(workspace(folder))
    assert (result.verdict, result.message) == ("passed", "")


def test_a_lock_has_to_fit_every_member_of_a_workspace() -> None:
    result = versions(workspace("lib", "rich>=15"))
    assert result.verdict == "partial"
    assert "rich" in said(result)
