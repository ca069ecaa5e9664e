"""Imports whose name is not the distribution's, and imports that a file can do without."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.repository.dependencies.distributions import Installed, provides, pypi_name
from grader.suite.missing import reason_for
from grader.testing import run_check
from tests.places import CHECKS
from tests.view_sample import view

SUITE = CHECKS / "m06_code_structure"
BACKEND = '[build-system]\nrequires = ["setuptools", "Cython>=3"]\n'


def undeclared(code: str, declared: str = "", **files: str) -> str:
    """The modules that the check misses, by name."""
    contents = {"src/p/__init__.py": "", "src/p/a.py": code, "requirements.txt": "\n".join(declared.split())}
    more = {path.replace("__", "."): text for path, text in files.items()}
    result = run_check(SUITE, "dependencies_are_declared", {**contents, **more}, profile="project")
    return " ".join(result.message.split("`")[1::2]) if result.verdict != "passed" else ""


@pytest.mark.parametrize(
    ("code", "declared", "missing"),
    [
        # P09: tweag/FawltyDeps#195 (#142 #173 #176)
        ("import git\nimport imblearn\n", "GitPython imbalanced-learn", ""),
        ("import git\nimport imblearn\n", "scikit-learn", "git imblearn"),
        # tweag/FawltyDeps#236, #163
        ("from dotenv import load_dotenv\nimport sklearn\n", "python-dotenv scikit-learn", ""),
        ("import fitz, docx, pptx, jwt, magic\n", "PyMuPDF python-docx python-pptx PyJWT python-magic", ""),
        ("import pywt, umap, community, Bio\n", "PyWavelets umap-learn python-louvain biopython", ""),
        ("import tensorflow as tf, onnxruntime\n", "tensorflow-cpu onnxruntime-gpu", ""),
        ("import cv2\n", "opencv-contrib-python-headless", ""),
        ("import cv2\n", "open3d", "cv2"),
        ("from google.cloud import storage\nfrom google.auth import default\n", "google-cloud-storage", ""),
        ("from google.cloud import secretmanager, pubsub_v1\n", "google-cloud-secret-manager google-cloud-pubsub", ""),
        ("from google.cloud import bigquery\n", "google-cloud-storage", "google"),
        ("import google.protobuf.message\n", "protobuf", ""),
        ("from opentelemetry import trace\n", "opentelemetry-sdk", ""),
        ("import clip\n", "git+https://github.com/openai/CLIP.git@main", ""),
        ("import clip\n", "rich git+https://github.com/openai/whisper.git", "clip"),
        ("import distutils, imp, tomllib\n", "numpy", ""),
    ],
)  # fmt: skip
def test_names(code: str, declared: str, missing: str) -> None:
    assert undeclared(code, declared) == missing


@pytest.mark.parametrize(
    ("path", "code", "backend", "missing"),
    [
        # P74: thorlrsn/DTU_mlops_cookiecutter
        ("setup.py", "from setuptools import find_packages, setup\nsetup()\n", "", ""),
        ("setup.py", "import setuptools\nfrom Cython.Build import cythonize\n", BACKEND, ""),
        ("setup.py", "from Cython.Build import cythonize\n", "", "Cython"),
        ("noxfile.py", "import nox\n", "", ""),
        ("hatch_build.py", "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n", "", ""),
        ("tools.py", "import setuptools\n", BACKEND, "setuptools"),
        ("setup.py", "import numpy\n", BACKEND, "numpy"),
    ],
)  # fmt: skip
def test_what_builds_the_package(path: str, code: str, backend: str, missing: str) -> None:
    files = {path: code, "requirements.txt": "rich\n"} | ({"pyproject.toml": backend} if backend else {})
    result = run_check(SUITE, "dependencies_are_declared", files, profile="project")
    assert ("" if result.verdict == "passed" else result.message.split("`")[1]) == missing


GUARDED = {
    # P11: tsenoner/protspace#384, PlotPyStack/guidata#95
    "fallback": "try:\n    import tomllib\nexcept ModuleNotFoundError:\n    import tomli as tomllib\n",
    "two fallbacks": "try:\n    import orjson as json\nexcept ImportError:\n    try:\n        import ujson as json\n"
    "    except ImportError:\n        import json\n",
    "fallback, either is declared": "try:\n    import ujson\nexcept (ImportError, OSError):\n    import torch\n",
    "optional": "try:\n    import wandb\nexcept ImportError:\n    wandb = None\n",
    "optional, with else": "try:\n    import hydra\nexcept Exception:\n    HAS = False\nelse:\n    from hydra import main\n    HAS = True\n",
    "flag of a try": "try:\n    import wandb\n    HAS_WANDB = True\nexcept ImportError:\n    HAS_WANDB = False\n"
    "if HAS_WANDB:\n    from wandb import sdk\n",
    "suppressed": "from contextlib import suppress\nwith suppress(ImportError):\n    import wandb\n",
    "version": "import sys\nif sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import tomli as tomllib\n",
    "version, in a chain": "import sys\nif sys.version_info < (3, 8):\n    import importlib_metadata\n"
    "elif sys.version_info[:2] < (3, 10):\n    import backports.zoneinfo\nelse:\n    import zoneinfo\n",
    "types": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas\n",
    "types, otherwise": "import typing as t\nif not t.TYPE_CHECKING:\n    import torch\nelse:\n    import pandas\n",
    # uptrain-ai/uptrain#386, TomographicImaging/CIL#2172
    "find_spec": "from importlib.util import find_spec\nif find_spec('wandb') is not None:\n    import wandb\n",
    "find_spec, by a name": "import importlib.util\nHAS = importlib.util.find_spec('wandb') is not None\ndef f():\n"
    "    if HAS:\n        import wandb\n",
    "find_spec, otherwise": "from importlib.util import find_spec\nif not find_spec('wandb'):\n    import torch\nelse:\n    import wandb\n",
    "Colab": "import sys\nif 'google.colab' in sys.modules:\n    from google.colab import drive\n",
    "Lightning": "from lightning_utilities.core.imports import RequirementCache\nif RequirementCache('wandb'):\n    import wandb\n",
    # transformers' own helpers.
    "a helper that asks": "from p.helpers import is_wandb_available\nif is_wandb_available():\n    import wandb\n",
    "another system": "import os\nif os.name == 'nt':\n    import win32api\n",
    "another system, by sys": "import sys\nif sys.platform.startswith('win'):\n    import winloop\nelif sys.platform == 'win32':\n    import wmi\n",
    "another system, by platform": "import platform\nif platform.system() == 'Windows':\n    import pythoncom\n",
    "never": "if False:\n    import pandas\n",
}  # fmt: skip
NEEDED = {
    "try without a fallback": ("try:\n    import pandas\nfinally:\n    print()\n", "pandas"),
    "another error": ("try:\n    import pandas\nexcept ValueError:\n    pass\n", "pandas"),
    "raised again": ("try:\n    import pandas\nexcept ImportError as e:\n    raise SystemExit('x') from e\n", "pandas"),
    "ended": ("import sys\ntry:\n    import pandas\nexcept ImportError:\n    sys.exit('pip install pandas')\n", "pandas"),
    "neither is declared": ("try:\n    import ujson\nexcept ImportError:\n    import simplejson\n", "simplejson"),
    "beside the fallback": ("try:\n    import tomllib\nexcept ImportError:\n    import tomli\nimport pandas\n", "pandas"),
    "in a handler of another error": ("try:\n    import torch\nexcept OSError:\n    import pandas\n", "pandas"),
    "version of today": ("import sys\nif sys.version_info >= (3, 8):\n    import pandas\n", "pandas"),
    "not for types": ("from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    import pandas\n", "pandas"),
    "types or else": ("from typing import TYPE_CHECKING\nif TYPE_CHECKING or True:\n    import pandas\n", "pandas"),
    "another module than was asked for": ("from importlib.util import find_spec\nif find_spec('torch'):\n    import pandas\n", "pandas"),
    "not there": ("from importlib.util import find_spec\nif find_spec('wandb') is None:\n    import pandas\n", "pandas"),
    "another suppressed error": ("from contextlib import suppress\nwith suppress(OSError):\n    import pandas\n", "pandas"),
    "in a function": ("def f():\n    for x in y:\n        with z:\n            import pandas\n", "pandas"),
    "in a case": ("match x:\n    case 1:\n        import pandas\n", "pandas"),
    "not the other system": ("import os\nif os.name != 'nt':\n    import pandas\n", "pandas"),
    "a helper that asks for something else": ("from p.gpu import is_gpu_available\nif is_gpu_available():\n    import pandas\n", "pandas"),
    "platform": ("import sys\nif sys.platform == 'linux':\n    import pandas\n", "pandas"),
}  # fmt: skip


@pytest.mark.parametrize("case", GUARDED)
def test_guarded(case: str) -> None:
    assert undeclared(GUARDED[case], "torch lightning-utilities") == ""


@pytest.mark.parametrize("case", NEEDED)
def test_needed(case: str) -> None:
    code, missing = NEEDED[case]
    assert undeclared(code, "torch rich") == missing


def test_an_older_python_that_the_project_is_for_needs_the_fallback() -> None:
    project = '[project]\nname = "p"\nrequires-python = "{}"\n'
    code = GUARDED["version"]
    assert undeclared(code, "torch", pyproject__toml=project.format(">=3.9")) == "tomli"
    assert undeclared(code, "torch tomli", pyproject__toml=project.format(">=3.9")) == ""
    assert undeclared(code, "torch", pyproject__toml=project.format(">=3.11,<3.13")) == ""


def test_the_metadata_of_the_environment_goes_first(tmp_path: Path) -> None:
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    for name, files in {
        "Odd_Name-1.0": {"top_level.txt": "unexpected\n"},
        "fitz-0.0.1": {"RECORD": "frontend/__init__.py,sha256=x,1\nfitz-0.0.1.dist-info/RECORD,,\n"},
        "single-2": {"RECORD": "alone.py,,\n../../../bin/alone,,\nsingle-2.dist-info/METADATA,,\n"},
    }.items():
        folder = site / f"{name}.dist-info"
        folder.mkdir(parents=True)
        for file, text in files.items():
            (folder / file).write_text(text)
    installed = Installed(str(tmp_path))
    assert installed.provides("odd-name", "unexpected.part")
    assert installed.provides("single", "alone")
    # A distribution of the module's name that holds another one, as on the index.
    assert not installed.provides("fitz", "fitz")
    # What is not installed is told by its name.
    assert installed.provides("gitpython", "git")
    files = {"requirements.txt": "odd-name\n", "a.py": "import unexpected\n"}
    assert view(tmp_path / "s", files, environment=str(tmp_path)).declares("unexpected")
    assert not view(tmp_path / "t", files).declares("unexpected")


def test_conda_names() -> None:
    assert [pypi_name(name) for name in ("pytorch", "py-opencv", "Python-Graphviz")] == [
        "torch",
        "opencv-python",
        "graphviz",
    ]
    # Programs that share their name with a distribution or a module of Python.
    assert [pypi_name(name) for name in ("graphviz", "git", "ffmpeg")] == ["", "", ""]
    assert not provides("pytorch", "torch")


def test_an_excuse_knows_the_same_names() -> None:
    missing = {"gitpython": "no wheel", "google-cloud-storage": "no wheel"}
    assert "gitpython" in reason_for("git", missing)
    assert "google-cloud-storage" in reason_for("google.cloud.storage", missing)
    assert reason_for("google.cloud.bigquery", missing) == reason_for("gitlab", missing) == ""
