"""The traps of M25: what uses ONNX or BentoML, and what only names them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m25_ml_deployment"


def served(files: Mapping[str, str | bytes]) -> CheckResult:
    return run_check(SUITE, "a_model_is_served_by_onnx_or_bentoml", files, profile="project")


@pytest.mark.parametrize(
    "code",
    [
        "import torch\ntorch.onnx.export(model, x, 'm.onnx')\n",
        "from torch import onnx\nonnx.export(model, x, 'm.onnx')\n",
        "class M:\n    def save(self):\n        self.to_onnx('m.onnx', x)\n",
        "import onnxruntime as rt\ns = rt.InferenceSession('m.onnx')\n",
        "from optimum.onnxruntime import ORTModelForSequenceClassification as M\nm = M.from_pretrained('x')\n",
        "from skl2onnx import convert_sklearn\nconvert_sklearn(model)\n",
        "import bentoml\n\n\n@bentoml.service\nclass S:\n    pass\n",
        "import bentoml\n\n\n@bentoml.service(workers=2)\nclass S:\n    @bentoml.api\n    def predict(self, x):\n        return x\n",
        "from ultralytics import YOLO\nYOLO('yolo.pt').export(format='onnx')\n",
        "def load(path):\n    import onnxruntime\n    return onnxruntime.InferenceSession(path)\n",
    ],
)
def test_a_use_counts(code: str) -> None:
    assert served({"src/pkg/serve.py": code}).verdict == "passed"


@pytest.mark.parametrize(
    "code",
    [
        "import onnx\nimport onnxruntime\n",
        "# import onnxruntime\n# s = onnxruntime.InferenceSession('m.onnx')\nimport bentoml\n",
        "import onnxruntime\n\n\ndef f(session: onnxruntime.InferenceSession):\n    return 1\n",
        '"""torch.onnx.export(model, x)"""\nimport onnx\n',
    ],
)
def test_an_import_alone_does_not(code: str) -> None:
    outcome = served({"src/pkg/serve.py": code})
    assert (outcome.verdict, outcome.evidence[0].path) == ("failed", "src/pkg/serve.py")


def test_a_declaration_alone_does_not() -> None:
    outcome = served({"requirements.txt": "onnxruntime\n", "src/pkg/a.py": "x = 1\n"})
    assert outcome.verdict == "failed"
    assert "requirements.txt" in outcome.message


def test_an_export_of_other_things_is_none() -> None:
    assert served({"src/pkg/a.py": "docs.export(format='pdf')\n"}).verdict == "blocked"


def test_a_notebook_may_export() -> None:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "source": "import torch\ntorch.onnx.export(m, x, 'a.onnx')",
        "metadata": {},
    }
    cell |= {"outputs": [], "execution_count": 1}
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    assert served({"notebooks/export.ipynb": json.dumps(book)}).verdict == "passed"


@pytest.mark.parametrize(
    ("path", "content", "verdict"),
    [
        ("models/m.onnx", b"\x08\x07", "passed"),
        ("models/m.onnx.dvc", "outs:\n- path: m.onnx\n", "passed"),
        ("models/m.onnx", b"", "blocked"),
        ("bentofile.yaml", "service: 'service:S'\ninclude: ['*.py']\n", "passed"),
        ("bentofile.yaml", "include: ['*.py']\n", "failed"),
    ],
)
def test_files(path: str, content: bytes | str, verdict: str) -> None:
    assert served({path: content, "a.py": "x = 1\n"}).verdict == verdict


def test_a_dockerfile_that_serves_a_bento_counts() -> None:
    assert (
        served({"Dockerfile": "FROM python:3.12\nCMD uv run bentoml serve service:S\n"}).verdict == "passed"
    )


@pytest.mark.parametrize(
    ("arguments", "verdict"),
    [
        ("dynamic_axes={'x': {0: 'b'}}", "passed"),
        ("dynamic_shapes=shapes", "passed"),
        ("**options", "passed"),
        ("opset_version=17", "failed"),
    ],
)
def test_the_batch_axis(arguments: str, verdict: str) -> None:
    files = {"e.py": f"import torch\ntorch.onnx.export(m, x, 'a.onnx', {arguments})\n"}
    assert run_check(SUITE, "the_batch_axis_is_dynamic", files).verdict == verdict


def test_a_bento_of_another_model_exports_nothing() -> None:
    files = {"s.py": "import bentoml\n\n\n@bentoml.service\nclass S:\n    pass\n"}
    assert run_check(SUITE, "the_batch_axis_is_dynamic", files).verdict == "not_applicable"
    assert run_check(SUITE, "the_exported_model_is_run", files).verdict == "not_applicable"
