"""M31: what makes a model faster, and what only has the name."""

import pytest

from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m31_inference"


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"m.py": "import torch\nm = torch.compile(m)\n"}, "passed"),
        ({"m.py": "import torch\n@torch.compile\ndef f(x):\n    return x\n"}, "passed"),
        ({"m.py": "from torch.ao.quantization import quantize_dynamic\nquantize_dynamic(m)\n"}, "passed"),
        ({"m.py": "import torch.nn.utils.prune as p\np.l1_unstructured(m, 'w', 0.2)\n"}, "passed"),
        (
            {"m.py": "from onnxruntime.quantization import quantize_dynamic\nquantize_dynamic('a', 'b')\n"},
            "passed",
        ),
        ({"m.py": "import torch\ntorch.jit.script(m).save('a.pt')\n"}, "passed"),
        ({"m.py": "import re\nx = re.compile('a')\n"}, "blocked"),
        ({"m.py": "import torch\n# torch.compile(m)\nx = 'torch.compile'\n"}, "blocked"),
        (
            {"m.py": "import torch\nx = torch.nn.Linear(1, 1)\n", "requirements.txt": "bitsandbytes\n"},
            "failed",
        ),
        ({"m.py": "def prune(x):\n    return x\nprune(1)\n"}, "blocked"),
        ({"m.py": "import lightning as L\nL.Trainer(precision='16-mixed')\n"}, "partial"),
        ({"m.py": "import torch\nm.half()\n"}, "partial"),
        ({"m.py": "x = 1\n", "conf/a.yaml": "lr: 1\nprecision: 32\n"}, "blocked"),
    ],
)
def test_what_counts(files: dict[str, str], verdict: str) -> None:
    assert run_check(SUITE, "a_model_was_made_faster", files).verdict == verdict
