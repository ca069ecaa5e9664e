"""What is read of a submission's dependency files, format by format, and what is refused."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.environment import Requirements, read_requirements
from tests.cpu import ends_within


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def run(files: dict[str, str | bytes]) -> Requirements:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_requirements(tmp_path, list(files))

    return run


LOCK = """
version = 1
[[package]]
name = "proj"
version = "0.1"
source = { virtual = "." }
dependencies = [{ name = "uvicorn", extra = ["standard"] }, { name = "torch" }, { name = "mine" },
                { name = "colorama", marker = "sys_platform == 'win32'" }]
[package.optional-dependencies]
dev = [{ name = "pytest" }]
gpu = [{ name = "cupy" }]
[package.dev-dependencies]
docs = [{ name = "mkdocs" }]
[[package]]
name = "uvicorn"
version = "0.33.0"
source = { registry = "https://index.example/simple" }
[[package]]
name = "h11"
version = "0.14.0"
source = { registry = "https://index.example/simple" }
[[package]]
name = "torch"
version = "2.2.2+cpu"
source = { registry = "https://wheels.example/cpu" }
[[package]]
name = "mine"
version = "1.0"
source = { git = "https://example.org/mine" }
[[package]]
name = "pytest"
version = "8.0.0"
source = { registry = "https://index.example/simple" }
[[package]]
name = "mkdocs"
version = "1.6.0"
source = { registry = "https://index.example/simple" }
[[package]]
name = "colorama"
version = "0.4.6"
source = { registry = "https://index.example/simple" }
"""

FORMATS: dict[str, tuple[dict[str, str | bytes], list[str]]] = {
    "requirements": (
        {
            "requirements.txt": "# a\nnumpy>=1.26,<2  # b\nTorch_Geometric == 2.5 \\\n  --hash=sha256:0\nuvicorn[standard]\n"
        },
        ["numpy<2,>=1.26", "torch-geometric==2.5", "uvicorn[standard]"],
    ),
    "byte order mark": ({"requirements.txt": b"\xef\xbb\xbfnumpy\r\nscipy\r\n"}, ["numpy", "scipy"]),
    "PowerShell": ({"requirements.txt": "numpy==1.26.4\r\n".encode("utf-16")}, ["numpy==1.26.4"]),
    "includes": (
        {"requirements.txt": "-r more/base.txt\nsix\n", "more/base.txt": "-r ../requirements.txt\nnumpy\n"},
        ["numpy", "six"],
    ),
    "constraints": ({"requirements.txt": "-c bounds.txt\nsix\n", "bounds.txt": "numpy<2\n"}, ["six"]),
    "folder": ({"requirements/dev.txt": "pytest\n"}, ["pytest"]),
    "pyproject": (
        {
            "pyproject.toml": """
[project]
name = "proj"
dependencies = ["numpy>=1", "six"]
[project.optional-dependencies]
dev = ["pytest>=8", "proj[test]"]
gpu = ["cupy"]
[dependency-groups]
lint = ["ruff", {include-group = "dev"}]
"""
        },
        ["numpy>=1", "pytest>=8", "ruff", "six"],
    ),
    "dynamic": (
        {
            "pyproject.toml": '[tool.setuptools.dynamic]\ndependencies = {file = ["reqs.txt"]}\n',
            "reqs.txt": "six\n",
        },
        ["six"],
    ),
    "poetry": (
        {
            "pyproject.toml": """
[tool.poetry]
name = "proj"
[tool.poetry.dependencies]
python = "^3.11"
numpy = "^1.26.1"
scipy = "~1.11"
six = "*"
zero = "^0.3.2"
uvicorn = {version = "0.33.0", extras = ["standard"]}
[tool.poetry.group.dev.dependencies]
pytest = ">=8,<9"
"""
        },
        [
            "numpy<2,>=1.26.1",
            "pytest<9,>=8",
            "scipy<1.12,>=1.11",
            "six",
            "uvicorn[standard]==0.33.0",
            "zero<0.4,>=0.3.2",
        ],
    ),
    "lock": (
        {"uv.lock": LOCK},
        [
            'colorama==0.4.6; sys_platform == "win32"',
            "mkdocs==1.6.0",
            "pytest==8.0.0",
            "torch==2.2.2",
            "uvicorn[standard]==0.33.0",
        ],
    ),
    "conda": (
        {
            "environment.yml": "name: x\ndependencies:\n  - python=3.11\n  - conda-forge::numpy=1.26\n  - pytorch>=2\n"
            "  - libgcc=13=h1234\n  - pandas=2.2.3=py311h1\n  - pip:\n    - hydra-core==1.3.2\n    - -e .\n"
        },
        ["hydra-core==1.3.2", "numpy==1.26.*", "pandas==2.2.3", "torch>=2"],
    ),
    "setup.cfg": (
        {
            "setup.cfg": "[metadata]\nname = proj\n[options]\ninstall_requires =\n    numpy\n    six>=1\n"
            "[options.extras_require]\ntest =\n    pytest\n"
        },
        ["numpy", "pytest", "six>=1"],
    ),
    "setup.py": (
        {
            "setup.py": "import setuptools\nneeds = ['numpy']\n"
            "setuptools.setup(name='proj', install_requires=needs, extras_require={'dev': ['pytest', 'proj']})\n"
        },
        ["numpy", "pytest"],
    ),
}


@pytest.mark.parametrize("case", FORMATS)
def test_formats(read: Callable[..., Any], case: str) -> None:
    files, wanted = FORMATS[case]
    assert list(read(files).entries) == wanted


REFUSED: dict[str, tuple[str, str, str]] = {
    "index option": ("requirements.txt", "--index-url https://example.org/simple", "option of pip"),
    "extra index": ("requirements.txt", "--extra-index-url=https://example.org", "option of pip"),
    "find links": ("requirements.txt", "-f https://example.org", "option of pip"),
    "editable": ("requirements.txt", "-e git+https://example.org/x#egg=x", "editable"),
    "git": ("requirements.txt", "git+https://example.org/x", "URL or a path"),
    "direct URL": ("requirements.txt", "six @ https://example.org/six.whl", "URL or a path"),
    "file URL": ("requirements.txt", "six @ file:///etc/passwd", "URL or a path"),
    "path": ("requirements.txt", "./local", "URL or a path"),
    "wheel": ("requirements.txt", "six-1.0-py3-none-any.whl", "URL or a path"),
    "outside": ("requirements.txt", "-r ../../etc/passwd", "no file of the repository"),
    "absolute": ("requirements.txt", "-r /etc/passwd", "no file of the repository"),
    "variable": ("requirements.txt", "six==${VERSION}", "PEP 508"),
    "arbitrary version": ("requirements.txt", "six===1.0-anything", "a version that no index has"),
    "control characters": ("requirements.txt", "six\x1b[31m", "characters"),
    "not ASCII": ("requirements.txt", "sıx", "characters"),
    "too long": ("requirements.txt", "a" * 5000, "too long"),
    "nonsense": ("requirements.txt", "pip install numpy", "PEP 508"),
    "newline in a marker": (
        "pyproject.toml", '[project]\ndependencies = ["six; os_name == \'a\\n--index-url x\'"]', "characters",
    ),
    "git source": (
        "pyproject.toml", '[project]\ndependencies = ["six"]\n[tool.uv.sources]\nsix = {git = "https://x"}', "repository",
    ),
    "poetry path": ("pyproject.toml", '[tool.poetry.dependencies]\nsix = {path = "../six"}', "not from the index"),
    "broken TOML": ("pyproject.toml", "[project\n", "not valid TOML"),
    "dots": ("pyproject.toml", ".".join("a" * 100_000) + " = 1", "line 1: a key of more than 100 parts"),
    "deep TOML": ("pyproject.toml", "a = " + "[" * 50_000, "line 1: nested too deep"),
    "alias bomb": ("environment.yml", "a: &a [x]\ndependencies: [*a, *a]\n", "aliases"),
    "broken YAML": ("environment.yml", "a: [\n", "not valid YAML"),
    "brackets": ("environment.yml", "[" * 5000, "nested deeper than 64 levels"),
    "conda only": ("environment.yml", "dependencies:\n  - cudatoolkit=11\n", "conda package"),
    "computed": ("setup.py", "from setuptools import setup\nsetup(install_requires=open('x').read().split())", "computed"),
    "broken Python": ("setup.py", "def", "not valid Python"),
    "deep Python": ("setup.py", "x = " + "(" * 5000, "not valid Python"),
    "binary": ("requirements.txt", "\udc81", "UTF-8"),
    "huge": ("requirements.txt", "six\n" * 100_000, "larger than"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_named_and_nothing_of_them_is_installed(read: Callable[..., Any], case: str) -> None:
    path, text, why = REFUSED[case]
    found = read({path: text.encode("utf-8", "surrogateescape")})
    assert found.entries == ()
    assert any(why in refused.reason and refused.path == path for refused in found.refused), found.refused
    assert all(len(refused.text) <= 400 for refused in found.refused)


def test_a_refused_line_is_named_with_its_number(read: Callable[..., Any]) -> None:
    found = read({"requirements.txt": "six\n\n--pre\n"})
    assert [(refused.line, refused.text) for refused in found.refused] == [(3, "--pre")]
    assert found.entries == ("six",)


def test_one_bad_line_costs_only_itself(read: Callable[..., Any]) -> None:
    assert read({"requirements.txt": "six\n-e .\nnumpy\n"}).entries == ("numpy", "six")


def test_the_first_file_decides_on_a_version_and_later_ones_add_extras(read: Callable[..., Any]) -> None:
    found = read(
        {"requirements_tests.txt": "pytest==8\nuvicorn[standard]", "requirements.txt": "pytest==7\nuvicorn"}
    )
    assert found.entries == ("pytest==7", "uvicorn[standard]")


def test_a_lock_decides_before_the_project_and_bounds_what_it_needs(read: Callable[..., Any]) -> None:
    found = read(
        {"pyproject.toml": '[project]\nname = "proj"\ndependencies = ["torch>=2", "new"]', "uv.lock": LOCK}
    )
    assert "torch==2.2.2" in found.entries
    assert "new" in found.entries
    assert "h11==0.14.0" in found.constraints
    assert any(refused.text == "mine" for refused in found.refused)


def test_links_and_other_things_than_files_are_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "requirements.txt").write_text("six\n")
    root = tmp_path / "root"
    root.mkdir()
    (root / "requirements.txt").symlink_to(outside / "requirements.txt")
    (root / "sub").symlink_to(outside)
    os.mkfifo(root / "setup.cfg")
    found = read_requirements(
        root, ["requirements.txt", "sub/requirements.txt", "setup.cfg", "pyproject.toml"]
    )
    assert found.entries == ()
    assert {refused.path for refused in found.refused} == {
        "requirements.txt", "sub/requirements.txt", "setup.cfg", "pyproject.toml",
    }  # fmt: skip


def test_vendored_and_deep_files_are_left_alone(read: Callable[..., Any]) -> None:
    found = read(
        {"node_modules/x/requirements.txt": "six", ".venv/requirements.txt": "six", "a/b/c/d/setup.cfg": "x"}
    )
    assert found.sources == ()


def test_the_digest_is_of_what_is_installed_not_of_where_it_was_written(read: Callable[..., Any]) -> None:
    first = read({"requirements.txt": "six\nnumpy\n"})
    again = read({"requirements.txt": "# other order\nNumPy\nsix\n"})
    assert first.digest == again.digest
    assert first.digest != read({"requirements.txt": "six\n"}).digest


def test_hostile_files_cost_no_time(read: Callable[..., Any]) -> None:
    files = {
        "pyproject.toml": "[project]\ndependencies = ["
        + '"a>=1; (((((python_version))))) > 3",' * 2500
        + "]",
        "requirements.txt": "\n".join(f"-r r{n}requirements.txt" for n in range(2000)),
        "environment.yml": "- " * 40_000,
        "setup.py": "x = " + "-" * 200_000 + "1",
    }
    ends_within(30, lambda: read(files))


def test_all_files_together_share_one_budget(read: Callable[..., Any]) -> None:
    lock = "# " + "x" * (4 * 1024 * 1024 - 100) + "\n"
    found = read({f"p{n}/uv.lock": lock for n in range(4)})
    assert [refused.path for refused in found.refused] == ["p2/uv.lock", "p3/uv.lock"]
    assert "more than 8192 KiB" in found.refused[0].reason


@pytest.mark.slow
def test_lines_of_a_lock_are_found_in_linear_time(read: Callable[..., Any]) -> None:
    """Names that the text does not hold as they are (escapes) are searched for once each, until that is enough."""
    edges = "".join(f'{{ name = "\\u0061{number}" }},' for number in range(150_000))
    lock = f'[[package]]\nname = "x"\nsource = {{ virtual = "." }}\ndependencies = [{edges}]\n'
    ends_within(60, lambda: read({"uv.lock": lock}))
