"""Declarations in every format in use, as public repositories write them, and the version languages in them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import uv

from grader.environment import read_requirements
from grader.repository.commands.installs import installs
from grader.repository.dependencies.requirement import Dependency
from grader.repository.files import decoded
from grader.testing import run_check
from tests.places import CHECKS
from tests.view_sample import view

Files = Mapping[str, str | bytes]
CODE = {"src/p/__init__.py": "", "src/p/a.py": "import torch\nimport yaml\nfrom PIL import Image\n"}
CONDA = "name: p\nchannels: [conda-forge]\ndependencies:\n"
HATCHLING = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
DYNAMIC = '[project]\nname = "p"\nversion = "0"\ndynamic = ["dependencies"]\n'
NEEDS = "torch~=2.0\npyyaml~=6.0\npillow~=10.0\n"

#: Each declares torch, pyyaml and pillow.
DECLARED: dict[str, Files] = {
    # P03: conda-forge/conda-forge-bot#1436, pytorch/pytorch#66785
    "conda's own name": {"environment.yml": f"{CONDA}  - pytorch=2.4\n  - pyyaml=6.0\n  - pillow=10.0\n"},
    "a channel and a build": {
        "environment.yaml": f"{CONDA}  - pytorch::pytorch-gpu=2.4=py3.11_cuda12\n  - conda-forge/linux-64::pyyaml\n"
        "  - pillow[version='>=10,<11']\n"
    },
    "an explicit package": {
        "environment.yml": f"{CONDA}  - https://conda.example/pytorch/linux-64/pytorch-2.4.0-py3.11_cpu_0.tar.bz2\n"
        "  - pyyaml\n  - pip\n  - pip:\n    - pillow==10.0\n"
    },
    # P04: tweag/FawltyDeps#452
    "env.yml": {"env.yml": f"{CONDA}  - torch=2.4\n  - pyyaml=6.0\n  - pillow=10.0\n"},
    "any name, in a folder": {"envs/gpu.yaml": f"{CONDA}  - pytorch\n  - pip:\n    - -r ../deps.txt\n", "deps.txt": NEEDS},
    # P05
    "Pipfile": {"Pipfile": '[packages]\ntorch="*"\npyyaml="*"\n[dev-packages]\npillow = {version = "*"}\n'},
    # P07: DTU-MLOPS-12/dtu_mlops_project (deps/); duriantaco/skylos#740
    "setuptools' dynamic files": {
        "pyproject.toml": f'{DYNAMIC}[tool.setuptools.dynamic]\ndependencies = {{file = ["deps/base.txt"]}}\n',
        "deps/base.txt": NEEDS,
    },
    "hatch-requirements-txt": {
        "pyproject.toml": f'{HATCHLING}{DYNAMIC}[tool.hatch.metadata.hooks.requirements_txt]\nfiles = ["deps/base.txt"]\n',
        "deps/base.txt": NEEDS,
    },
    "Hatch's environments": {
        "pyproject.toml": '[project]\nname = "p"\ndependencies = ["torch"]\n[tool.hatch.envs.default]\n'
        'dependencies = ["pyyaml"]\n[tool.hatch.envs.test]\nextra-dependencies = ["pillow"]\n'
    },
    "hatch.toml": {"hatch.toml": '[envs.default]\ndependencies = ["torch", "pyyaml>=6", "pillow"]\n'},
    "pixi's features and targets": {
        "pixi.toml": '[workspace]\nname = "p"\n[dependencies]\npyyaml = "*"\n[target.linux-64.dependencies]\npytorch = "2.4.*"\n'
        '[feature.x.target.osx-arm64.pypi-dependencies]\npillow = "*"\n'
    },
    "pixi in pyproject": {
        "pyproject.toml": '[tool.pixi.dependencies]\npytorch-cpu = ">=2.4,<3"\n[tool.pixi.feature.x.dependencies]\n'
        'pyyaml = "*"\n[tool.pixi.pypi-dependencies]\npillow = "*"\n'
    },
    "Poetry, with its old table and a choice by Python": {
        "pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.11"\ntorch = [{version = "^2.4", python = "<3.13"}, '
        '{version = "^2.5", python = ">=3.13"}]\n[tool.poetry.dev-dependencies]\npyyaml = "^6"\n'
        '[tool.poetry.group.x.dependencies]\npillow = "^10"\n'
    },
    "Rye, PDM and PEP 735": {
        "pyproject.toml": '[dependency-groups]\nall = ["torch", {include-group = "x"}]\nx = []\n[tool.rye]\n'
        'dev-dependencies = ["pyyaml"]\n[tool.pdm.dev-dependencies]\nx = ["pillow"]\n'
    },
    "Flit": {
        "pyproject.toml": '[tool.flit.metadata]\nrequires = ["torch", "pyyaml"]\n'
        '[tool.flit.metadata.requires-extra]\ndev = ["pillow"]\n'
    },
    "setup.py that reads a file": {
        "setup.py": "import os\nfrom setuptools import setup\nHERE = os.path.dirname(__file__)\n"
        "def needs(name):\n    with open(os.path.join(HERE, 'deps', name)) as f:\n        return f.read().splitlines()\n"
        "setup(name='p', install_requires=[x for x in open('deps/base.txt')])\n",
        "deps/base.txt": NEEDS,
    },
    "setup.py, through a function": {
        "setup.py": "from pathlib import Path\nimport setuptools\ndef needs():\n"
        "    return Path('deps/base.txt').read_text().split()\nNEEDS = needs()\nsetuptools.setup(install_requires=NEEDS)\n",
        "deps/base.txt": NEEDS,
    },
    "setup.cfg": {
        "setup.cfg": "[metadata]\nname = p\n[options]\ninstall_requires = file: deps/base.txt\n",
        "deps/base.txt": NEEDS,
    },
    "requirement.txt, nested": {"requirement.txt": "-r deps/all.txt\n", "deps/all.txt": "-rbase.txt\n", "deps/base.txt": NEEDS},
    "a script's own header": {
        **dict.fromkeys(CODE, ""),
        "tools/run.py": '# /// script\n# requires-python = ">=3.11"\n# dependencies = [\n#   "torch",\n#   "pyyaml",\n'
        "# ]\n# ///\nimport torch\nimport yaml\n",
        "requirements.txt": NEEDS.replace("torch~=2.0\n", ""),
    },
    "a service's own pyproject, two folders down": {
        "services/api/pyproject.toml": '[project]\nname = "api"\ndependencies = ["torch", "pyyaml", "pillow"]\n'
    },
}  # fmt: skip

#: Each looks like one above and does not declare torch.
UNDECLARED: dict[str, Files] = {
    "a chart of Helm": {
        "Chart.yaml": "name: p\ndependencies:\n  - name: torch\n    version: 1\n",
        "requirements.txt": "pyyaml\npillow\n",
    },
    "a compose file": {
        "compose.yml": "name: p\nservices:\n  torch:\n    image: torch\n",
        "requirements.txt": "pyyaml\npillow\n",
    },
    "a file that nothing includes": {"deps/base.txt": NEEDS, "requirements.txt": "pyyaml\npillow\n"},
    "another file of setup.py": {
        "setup.py": "from setuptools import setup\nx = open('deps/base.txt').read()\n"
        "setup(install_requires=['pyyaml', 'pillow'], long_description=x)\n",
        "deps/base.txt": NEEDS,
    },
    "the header of another script": {
        "tools/run.py": '# /// script\n# dependencies = ["torch"]\n# ///\nimport torch\n',
        "requirements.txt": "pyyaml\npillow\n",
    },
    "a template of projects": {
        "{{cookiecutter.name}}/requirements.txt": NEEDS,
        "requirements.txt": "pyyaml\npillow\n",
    },
    "conda's program": {
        "environment.yml": f"{CONDA}  - cudatoolkit=11\n  - pytorch-cuda=12.1\n  - pyyaml\n  - pillow\n"
    },
}


def undeclared(files: Files) -> str:
    result = run_check(
        CHECKS / "m06_code_structure", "dependencies_are_declared", {**CODE, **files}, profile="project"
    )
    return "" if result.verdict == "passed" else result.message


@pytest.mark.parametrize("case", DECLARED)
def test_declared(case: str) -> None:
    assert undeclared(DECLARED[case]) == ""


@pytest.mark.parametrize("case", UNDECLARED)
def test_undeclared(case: str) -> None:
    assert "torch" in undeclared(UNDECLARED[case])


@pytest.mark.parametrize("case", [case for case in DECLARED if "header" not in case])
def test_what_is_declared_is_installed(tmp_path: Path, case: str) -> None:
    files = DECLARED[case]
    submission = view(tmp_path, files)
    found = read_requirements(tmp_path, list(files)).entries
    names = {
        entry.replace("[", " ").split("<")[0].split("=")[0].split(">")[0].split("~")[0] for entry in found
    }
    assert names == submission.dependencies == {"torch", "pyyaml", "pillow"}


def test_a_yaml_file_of_any_name_is_no_broken_declaration(tmp_path: Path) -> None:
    files: Files = {"a.yml": "name: [\ndependencies:\n", "b.yml": b"\xff\xfen", "requirements.txt": "torch\n"}
    assert view(tmp_path, files).declarations.broken == []
    assert read_requirements(tmp_path, list(files)).refused == ()


def one(specifier: str, dialect: str) -> Dependency:
    return Dependency("x", specifier, "environment.yml", 1, dialect=dialect)


@pytest.mark.parametrize(
    ("dialect", "specifier", "fixed", "inside", "outside"),
    [
        # P13: jacksonfdam/atalaia#39
        ("conda", "=1.26", True, "1.26.4", "1.27"),
        ("conda", "=2.2.0=py311h0", True, "2.2.0", "2.2.1"),
        ("conda", "==1.26.4=0", True, "1.26.4", "1.26.5"),
        ("conda", "1.26.* *_cpu", True, "1.26.4", "1.27"),
        ("conda", "1.2*", True, "1.2.3", "1.3"),
        ("conda", ">=1.8,<2|=2.5", True, "2.5.1", "2.4"),
        ("conda", ">1.8,<1.9|>=2", False, "3", "1.9.5"),
        ("conda", "=*=cuda*", False, "1", ""),
        ("conda", "* py311", False, "1", ""),
        ("conda", ">=2", False, "2", "1.9"),
        ("poetry", "^2.1", True, "2.9", "3"),
        ("poetry", "^0.2.3", True, "0.2.9", "0.3"),
        ("poetry", "~1.2", True, "1.2.9", "1.3"),
        ("poetry", "~=1.2", True, "1.9", "2"),
        ("poetry", "1.*", True, "1.9", "2"),
        ("poetry", "1.2", True, "1.2", "1.2.1"),
        ("poetry", ">=1 <2", True, "1.5", "2"),
        ("poetry", "^2 || ^3", True, "3.5", "4"),
        ("poetry", "^2 || >=3", False, "9", "1"),
        ("poetry", "*", False, "1", ""),
        ("poetry", ">=1", False, "1", "0.9"),
        ("poetry", "!=1.5", False, "1", "1.5"),
    ],
)  # fmt: skip
def test_versions(dialect: str, specifier: str, fixed: bool, inside: str, outside: str) -> None:
    dependency = one(specifier, dialect)
    assert dependency.fixed is fixed
    assert dependency.allows(inside)
    assert not (outside and dependency.allows(outside))


def test_versions_in_words() -> None:
    assert one("=1.26", "conda").said == "x=1.26: exactly 1.26.*"
    assert one("^2 || >=3", "poetry").said == "x^2 || >=3: at least 2, below 3 or at least 3"
    assert one("*", "conda").said == "x: any version"


@pytest.mark.parametrize(
    ("needs", "verdict"),
    [("  - numpy=1.26\n  - pandas=2.2.0=py311h0\n", "passed"), ("  - numpy>=1.26\n  - pandas\n", "failed")],
)
def test_conda_versions_are_fixed(needs: str, verdict: str) -> None:
    files = {"environment.yml": f"{CONDA}  - python=3.11\n{needs}"}
    assert (
        run_check(CHECKS / "m02_package_manager", "versions_are_fixed", files, profile="project").verdict
        == verdict
    )


#: P56 (a course project), and what else stands between `install` and a name.
OPTIONS = {
    "uv pip install --system --index-strategy unsafe-best-match torch==2.4.0": (),
    "uv --directory app pip install --link-mode copy --python-platform linux torch==2.4.0": (),
    "pip --default-timeout 100 install --no-binary numpy --upgrade-strategy eager numpy==1.26": (),
    "python -m pip install --root-user-action ignore -w wheels --use-feature fast-deps torch==2.4": (),
    "pip3.11 install --config-settings a=b -f links --progress-bar off 'torch==2.4' --proxy p": (),
    "pip install --index-strategy=unsafe-best-match numpy": ("numpy",),
    "uv pip install --system --no-cache torch": ("torch",),
    "pip install --pre torch": ("torch",),
    "pip install -U pip wandb": ("wandb",),
    "uv pip install --upgrade --torch-backend cpu torch": ("torch",),
}


@pytest.mark.parametrize("command", OPTIONS)
def test_a_value_of_an_option_is_no_package(command: str) -> None:
    files = {"Dockerfile": f"FROM python:3.12-slim\nRUN apt-get update && {command}\n"}
    result = run_check(CHECKS / "m10_docker", "installed_versions_are_declared", files)
    assert result.verdict == ("failed" if OPTIONS[command] else "passed"), result.message
    assert [item.text.split()[0] for item in result.evidence] == list(OPTIONS[command])


def test_the_options_of_this_uv_are_in_the_table() -> None:
    help_page = subprocess.run(
        [uv.find_uv_bin(), "pip", "install", "--help"], capture_output=True, text=True
    ).stdout
    valued = re.findall(r"(?m)^ +(?:-\w, )?(--[a-z-]+) <(?!BOOL)", help_page)
    assert len(valued) > 20
    assert [option for option in valued if installs(("uv", "pip", "install", option, "value"))] == []


#: P69: Simo067m/02476_mlops_exercises; CycloneDX/cyclonedx-python#20, pypa/pip#733
PINNED = "numpy==1.26.4\r\npytest==8.3.4\r\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252", "utf-32"])
def test_requirements_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    data = ("# Søren\r\n" + PINNED).encode(encoding)
    submission = view(tmp_path, {"requirements.txt": data})
    assert submission.dependencies == {"numpy", "pytest"}
    assert read_requirements(tmp_path, ["requirements.txt"]).entries == ("numpy==1.26.4", "pytest==8.3.4")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (PINNED.encode("utf-16")[:-1], "no whole UTF-16"),
        (b"\xfe\xff" + PINNED.encode("utf-16-be")[:-1], "no whole UTF-16"),
        (PINNED.encode("utf-32")[:-2], "no whole UTF-32"),
        (PINNED.encode("utf-16-le"), "NUL bytes"),
        (b"\xff\xfe\x00\xd8a\x00", "not text in UTF-16"),
        (b"numpy\x81", "not text in UTF-8"),
    ],
)
def test_a_requirements_file_that_is_no_text_is_named(tmp_path: Path, data: bytes, said: str) -> None:
    path = "requirements_test.txt"
    (problem,) = view(tmp_path, {path: data}).declarations.broken
    (refused,) = read_requirements(tmp_path, [path]).refused
    assert path in problem.message
    assert said in problem.message
    assert (refused.path, said in refused.reason) == (path, True)


def test_a_text_is_decoded_by_its_mark() -> None:
    assert decoded(PINNED.encode("utf-16")) == "numpy==1.26.4\npytest==8.3.4\n"
