"""The environment of a submission, with warm caches on both sides: the grader's step beside `pip install` into a new one."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

from grader.environment import load_overrides, prepare_local, read_requirements
from tests.bench.figure import Figure, Measured
from tests.bench.rig import Rig, in_turns, timed

#: What a project of the course declares, but for torch, whose size alone decides.
PACKAGES = ("fastapi", "httpx", "matplotlib", "numpy", "pandas", "pytest", "scikit-learn", "typer", "uvicorn")


def _measure(rig: Rig, pairs: int) -> Measured:
    place = rig.folder("environment")
    requirements = place / "requirements.txt"
    requirements.write_text("\n".join(PACKAGES) + "\n", encoding="utf-8")
    asked = read_requirements(place, ["requirements.txt"])
    overrides = load_overrides(rig.course.root)
    made: list[Path] = []
    numbers = count(1)

    def ours() -> float:
        if made:
            # Wheels stay in the cache; the environment is made anew.
            shutil.rmtree(made[-1])
        began = time.perf_counter()
        found = prepare_local(asked, overrides=overrides, progress=lambda line: None)
        took = time.perf_counter() - began
        assert not found.missing, found.missing
        made.append(found.path)
        return took

    def pip() -> float:
        folder = place / f"pip-{next(numbers)}"
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        timed([folder / "bin" / "python", "-m", "pip", "install", "--quiet", "-r", requirements])
        took = time.perf_counter() - began
        shutil.rmtree(folder)
        return took

    return Measured(pairs=in_turns(pairs, ours, pip), facts={"packages asked for": str(len(PACKAGES))})


ENVIRONMENT = Figure(
    name="environment",
    ours="the environment step, wheels in its cache",
    beside="`python -m venv` and `pip install` of the same, wheels in its cache",
    limit=0.1,
    measure=_measure,
)
