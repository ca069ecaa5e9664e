"""The traps of M13: what shows that somebody profiled, and what only looks like it."""

import marshal
from collections.abc import Mapping

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m13_profiling"
LIGHTNING = "from lightning import Trainer\n"


def judge(files: Mapping[str, str | bytes], check: str = "code_is_profiled") -> CheckResult:
    files = {"src/pkg/model.py": "x = 1\n", **files}
    return run_check(SUITE, check, files, profile="project")


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("import cProfile\ncProfile.run('main()')\n", "passed"),
        ("from torch.profiler import profile\nwith profile() as prof:\n    train()\n", "passed"),
        ("from torch import profiler\nwith profiler.profile() as prof:\n    train()\n", "passed"),
        ("import torch\nwith torch.profiler.profile() as prof:\n    train()\n", "passed"),
        (
            "from lightning.pytorch.profilers import SimpleProfiler\nt = Trainer(profiler=SimpleProfiler())\n",
            "passed",
        ),
        (LIGHTNING + "Trainer(profiler='simple')\n", "passed"),
        (LIGHTNING + "Trainer(profiler='simple' if flag else None)\n", "passed"),
        (LIGHTNING + "p = None\nif flag:\n    p = 'simple'\nTrainer(profiler=p)\n", "passed"),
        ("@profile\ndef train():\n    pass\n", "passed"),
        ("import os\nos.system('python -m cProfile -o a.prof train.py')\n", "passed"),
        ("import cProfile\nprint('done')\n", "partial"),
        (LIGHTNING + "Trainer(profiler=None)\n", "not_applicable"),
        (LIGHTNING + "p = None\nTrainer(profiler=p)\n", "not_applicable"),
        ("from ydata_profiling import ProfileReport\nProfileReport(df).to_file('a.html')\n", "blocked"),
        ("# import cProfile\n'''cProfile'''\n", "blocked"),
        ("from pkg.users import profile\n\n@profile\ndef show():\n    pass\n", "blocked"),
    ],
)
def test_code(source: str, verdict: str) -> None:
    assert judge({"src/pkg/train.py": source}).verdict == verdict


@pytest.mark.parametrize(
    ("value", "verdict"),
    [("null", "not_applicable"), ("simple", "passed"), ("{class_path: SimpleProfiler}", "passed")],
)
def test_a_profiler_in_a_configuration(value: str, verdict: str) -> None:
    files = {
        "src/pkg/train.py": LIGHTNING + "Trainer(profiler=cfg.trainer.profiler)\n",
        "configs/train.yaml": f"trainer:\n  profiler: {value}\n",
    }
    assert judge(files).verdict == verdict


@pytest.mark.parametrize(
    ("path", "content", "verdict"),
    [
        ("profiling/train.prof", b"{\0", "passed"),
        ("profiling/train.prof", b"", "partial"),
        ("log/host.1.pt.trace.json", b"{}", "passed"),
        ("profile.txt", marshal.dumps({("a", 1, "b"): (1, 1, 0.1, 0.1, {})}), "passed"),
        ("profile.txt", b"  ncalls  tottime  percall  cumtime\n", "passed"),
        ("lightning_logs/version_0/fit-perf.txt", b"FIT Profiler Report\n", "passed"),
        ("reports/figures/snakeviz.png", b"x", "passed"),
        ("reports/figures/profile.png", b"x", "passed"),
        ("app/static/profile.png", b"x", "blocked"),
        ("reports/data_profiling.html", b"<html>ydata</html>", "blocked"),
        ("docs/profile.md", b"Ask us on our profile page.\n", "blocked"),
        ("fit-notes.txt", b"size 42 fits\n", "blocked"),
        (".venv/lib/x.prof", b"x", "blocked"),
        ("Makefile", b"profile:\n\tuv run python -m cProfile -o a.prof train.py\n", "passed"),
        ("run.sh", b"python train.py --trainer.profiler=simple\n", "passed"),
        ("run.sh", b"python train.py --trainer.profiler=null\naws s3 sync a b --profile x\n", "blocked"),
        ("requirements.txt", b"snakeviz\n", "not_applicable"),
    ],
)
def test_files(path: str, content: str, verdict: str) -> None:
    assert judge({path: content}).verdict == verdict


def test_a_magic_of_a_notebook_counts_and_a_percent_sign_does_not() -> None:
    book = (
        '{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [{"cell_type": "code", "metadata": {}, '
        '"execution_count": null, "outputs": [], "source": "%s"}]}'
    )
    assert judge({"notebooks/a.ipynb": book % "%prun train()"}).verdict == "passed"
    assert judge({"notebooks/a.ipynb": book % "%matplotlib inline\\nx = 5 %prunes"}).verdict == "blocked"


def test_a_profile_that_is_never_shown_is_told_apart_from_one_that_is() -> None:
    opened = "import cProfile\np = cProfile.Profile()\np.enable()\nmain()\np.disable()\n"
    shown = opened + "p.print_stats()\n"
    assert judge({"a.py": opened}, "profiles_are_shown").verdict == "failed"
    assert judge({"a.py": shown}, "profiles_are_shown").verdict == "passed"
    handler = "import torch\nh = torch.profiler.tensorboard_trace_handler('log')\nwith torch.profiler.profile(on_trace_ready=h):\n    x()\n"
    assert judge({"a.py": handler}, "profiles_are_shown").verdict == "passed"
