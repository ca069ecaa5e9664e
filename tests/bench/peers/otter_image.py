"""otter-grader's container on the grader's base image: its own script, with packages from PyPI in place of conda's.

`otter grade` makes its image with `apt-get` and miniforge, in a base from a registry. What it then does with a submission is
measured: `otter.grade.containers.grade_submission`, which creates the container, copies the notebook in, lets `run_autograder`
run otter, waits, copies the results out, and removes the container.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docker.errors import DockerException

from grader.sandbox.container.base_image import resolve_base
from tests.bench.peers.equal_work import CASES
from tests.bench.peers.other_tools import environment_of, version_in
from tests.bench.rig import Rig, say

_TAG = "grader-bench-otter"
_TEST = """
OK_FORMAT = True
test = {{
    "name": "q1",
    "points": 1,
    "suites": [{{"cases": [{{"code": {code!r}, "hidden": False, "locked": False}}], "scored": True, "setup": "", "teardown": "", "type": "doctest"}}],
}}
"""
#: As otter lays it out (`otter/grade/Dockerfile`), with `run_autograder` less its lines about conda.
_DOCKERFILE = """
FROM {base}
COPY packages /otter/packages
RUN python3 -m compileall -q /otter/packages || true
RUN mkdir -p /autograder/source /autograder/submission /autograder/results && touch /autograder/submission_metadata.json
ENV PYTHONPATH=/otter/packages PATH=/otter/packages/bin:/usr/local/bin:/usr/bin:/bin HOME=/root
COPY run_autograder /autograder/run_autograder
COPY otter_config.json run_otter.py /autograder/source/
COPY tests /autograder/source/tests/
RUN chmod +x /autograder/run_autograder
"""
_RUN_AUTOGRADER = "#!/bin/bash\npython3 /autograder/source/run_otter.py\n"
#: Times otter's own function, its imports aside; fails unless the submission has all points.
_DRIVER = """
import contextlib, io, sys, time
import dill
from otter.grade.containers import grade_submission
began = time.perf_counter()
with contextlib.redirect_stdout(io.StringIO()):
    results = grade_submission(sys.argv[1], sys.argv[2], network=False)
took = time.perf_counter() - began
assert results.total == results.possible == 1, (results.total, results.possible, results._catastrophic_error)
print(took)
"""


@contextmanager
def otter(rig: Rig) -> Iterator[OtterContainer]:
    """Make otter's image on the grader's base; it is removed after the block."""
    place = rig.folder("otter")
    programs = environment_of(place / "venv", "otter-grader")
    context = place / "context"
    _lay_out(context, programs, rig)
    say("  otter's image is made")
    subprocess.run(["docker", "build", "--quiet", "--tag", _TAG, context], check=True, stdout=sys.stderr)
    try:
        (place / "driver.py").write_text(_DRIVER, encoding="utf-8")
        yield OtterContainer(programs, place / "driver.py")
    finally:
        try:
            rig.sandbox.client.images.remove(_TAG, force=True)
        except DockerException as problem:
            say(f"  {_TAG} stays: {problem}")


class OtterContainer:
    """Grades notebooks in otter's container."""

    def __init__(self, programs: Path, driver: Path) -> None:
        self._python, self._driver = programs / "python", driver
        self.version = version_in(programs, "otter-grader")

    def grade(self, notebook: Path) -> float:
        """Grade a notebook; return the seconds that otter took."""
        command = [str(self._python), str(self._driver), str(notebook), _TAG]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"otter did not grade: {(done.stdout + done.stderr)[-2000:]}")
        return float(done.stdout.split()[-1])


def _lay_out(context: Path, programs: Path, rig: Rig) -> None:
    tests = context / "tests"
    tests.mkdir(parents=True)
    code = "".join(f">>> assert {case}\n" for case in CASES)
    (tests / "q1.py").write_text(_TEST.format(code=code), encoding="utf-8")
    generated = context.parent / "generated"
    generated.mkdir()
    zipped = generated / "autograder.zip"
    subprocess.run(
        [programs / "otter", "generate", "-t", tests, "-o", zipped, "--no-environment"],
        check=True,
        stdout=sys.stderr,
    )
    subprocess.run([programs / "python", "-m", "zipfile", "-e", zipped, generated], check=True)
    for name in ("otter_config.json", "run_otter.py"):
        (context / name).write_bytes((generated / name).read_bytes())
    (context / "run_autograder").write_text(_RUN_AUTOGRADER, encoding="utf-8")
    (context / "Dockerfile").write_text(_DOCKERFILE.format(base=base_of(rig)), encoding="utf-8")
    packages = ["--target", str(context / "packages"), "otter-grader"]
    subprocess.run(
        [
            programs / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--only-binary",
            ":all:",
            *_for(rig),
            *packages,
        ],
        check=True,
        stdout=sys.stderr,
    )


def base_of(rig: Rig) -> str:
    """Return the name of the image that the grader's own is made of."""
    return resolve_base("auto", client=rig.sandbox.client, progress=say).name


def _for(rig: Rig) -> list[str]:
    """Return pip's options for the image's Python, where it is not that of this machine."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    if rig.sandbox.python == here and sys.platform == "linux":
        return []
    wheels = [f"--platform=manylinux{level}_x86_64" for level in ("2014", "_2_17", "_2_28")]
    return ["--python-version", rig.sandbox.python, "--implementation", "cp", *wheels]
