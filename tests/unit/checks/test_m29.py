"""M29: workers that a loader really gets."""

import pytest

from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m29_data_loading"
LOADER = "from torch.utils.data import DataLoader\n"


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"d.py": LOADER + "DataLoader(x, num_workers=4)\n"}, "passed"),
        ({"d.py": LOADER + "import os\nDataLoader(x, num_workers=os.cpu_count())\n"}, "passed"),
        ({"d.py": LOADER + "import os\nDataLoader(x, num_workers=min(8, os.cpu_count() or 1))\n"}, "passed"),
        (
            {
                "d.py": LOADER
                + "def f(n, num_workers: int = 3):\n    DataLoader(n, num_workers=num_workers)\n"
            },
            "passed",
        ),
        (
            {"d.py": LOADER + "def f(n, *, num_workers=3):\n    DataLoader(n, num_workers=num_workers)\n"},
            "passed",
        ),
        (
            {
                "d.py": LOADER + "DataLoader(x, num_workers=cfg.num_workers)\n",
                "c/a.yaml": "lr: 1\nnum_workers: 6\n",
            },
            "passed",
        ),
        (
            {
                "d.py": LOADER
                + "p.add_argument('--num-workers', default=4)\nDataLoader(x, num_workers=p.num_workers)\n"
            },
            "passed",
        ),
        ({"d.py": LOADER + "DataLoader(x, **kwargs)\nclass S:\n    num_workers: int = 2\n"}, "passed"),
        ({"d.py": LOADER + "DataLoader(x)\n"}, "failed"),
        ({"d.py": LOADER + "DataLoader(x, num_workers=0)\n"}, "failed"),
        ({"d.py": LOADER + "DataLoader(x, num_workers=1)\n"}, "partial"),
        ({"d.py": LOADER + "DataLoader(x)\n", "c/a.yaml": "lr: 1\nnum_workers: 6\n"}, "failed"),
        ({"d.py": LOADER + "DataLoader(x, num_workers=True)\n"}, "failed"),
        ({"d.py": "x = 1\n"}, "blocked"),
        (
            {
                "tests/test_d.py": LOADER + "DataLoader(x, num_workers=4)\n",
                "d.py": LOADER + "DataLoader(x)\n",
            },
            "failed",
        ),
    ],
)
def test_workers(files: dict[str, str], verdict: str) -> None:
    assert run_check(SUITE, "several_processes_load", files).verdict == verdict
