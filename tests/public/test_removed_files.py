"""What a build takes away again, leaves out or makes itself: moby/buildkit#5509, werf/werf#7691, moby/moby#15771."""

from __future__ import annotations

import pytest

from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m10_docker"
FILES = {
    "main.py": "print(1)\n",
    "src/p/train.py": "print(2)\n",
    "run.sh": "python main.py\n",
    "pyproject.toml": "[project]\nname = 'p'\nversion = '0'\n",
}
MAIN = 'CMD ["python", "main.py"]\n'
TRAIN = 'CMD ["python", "src/p/train.py"]\n'
ALL = "WORKDIR /app\nCOPY . .\n"


def verdict(check: str, body: str) -> str:
    dockerfile = f"FROM python:3.12-slim AS a\n{body}"
    return run_check(SUITE, check, {**FILES, "Dockerfile": dockerfile}, profile="project").verdict.value


GONE = [
    f"{ALL}RUN rm main.py\n{MAIN}",
    f"{ALL}RUN cd src && rm -rf p\n{TRAIN}",
    f"{ALL}RUN rm -f *.py\n{MAIN}",
    f"{ALL}RUN pip install . && rm -rf /app/*\n{MAIN}",
    f"{ALL}RUN mv main.py other.py\n{MAIN}",
    f"{ALL}RUN rm main.py || true\n{MAIN}",
    # The rules are those of .dockerignore, below each source.
    f"WORKDIR /app\nCOPY --exclude=main.py . .\n{MAIN}",
    f"WORKDIR /app\nCOPY --exclude=**/*.py . .\n{TRAIN}",
    f"WORKDIR /app\nCOPY --exclude=p/train.py src ./src\n{TRAIN}",
    f"WORKDIR /app\nCOPY --exclude=main.py --exclude=run.sh . .\n{MAIN}",
    f"WORKDIR /b\nCOPY . .\nFROM python:3.12\nWORKDIR /app\nCOPY --from=a --exclude=main.py /b .\n{MAIN}",
    # A wheel brings no program to the working folder.
    f"WORKDIR /b\nCOPY . .\nRUN uv build\nFROM python:3.12\nWORKDIR /app\nCOPY --from=a /b/dist/*.whl .\n{MAIN}",
]
THERE = [
    f"{ALL}RUN rm -rf src\n{MAIN}",
    f"{ALL}RUN rm main.py\nCOPY main.py .\n{MAIN}",
    f"{ALL}RUN apt-get update && rm -rf /var/lib/apt/lists/*\n{MAIN}",
    f'{ALL}RUN if [ "$X" = 1 ]; then\\\n rm main.py; fi\n{MAIN}',
    f"{ALL}RUN [ -d x ] && rm main.py || true\n{MAIN}",
    f'{ALL}RUN mv main.py other.py\nCMD ["python", "other.py"]\n',
    f"COPY . /tmp/s\nRUN mkdir /app && cp -r /tmp/s/. /app && rm -rf /tmp/s\nWORKDIR /app\n{MAIN}",
    f"{ALL}FROM a AS c\nRUN rm main.py\nFROM a\n{MAIN}",
    f"WORKDIR /app\nCOPY --exclude=*.py . .\n{TRAIN}",
    f"WORKDIR /app\nCOPY --exclude=main.py src ./src\nCOPY main.py .\n{MAIN}",
    f"WORKDIR /b\nCOPY . .\nFROM python:3.12\nWORKDIR /app\nCOPY --from=a /b/*.py .\n{MAIN}",
    'COPY dist/*.whl /w/\nRUN pip install /w/*.whl\nCMD ["python", "/usr/local/lib/python3.12/site-packages/p/t.py"]\n',
]


@pytest.mark.parametrize("body", GONE)
def test_what_a_build_takes_away_is_not_there(body: str) -> None:
    assert verdict("started_scripts_are_in_the_image", body) == "failed"


@pytest.mark.parametrize("body", THERE)
def test_what_a_build_leaves_is_there(body: str) -> None:
    assert verdict("started_scripts_are_in_the_image", body) == "passed"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("dist/*.whl", "passed"),
        ("dist/p-0-py3-none-any.whl", "passed"),
        ("dist", "passed"),
        ("distr", "failed"),
    ],
)
def test_a_wheel_is_made_before_the_image(source: str, expected: str) -> None:
    body = f"COPY {source} /w/\nRUN pip install --no-cache-dir /w/*.whl\n"
    assert verdict("copied_files_exist", body) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("pip install --no-cache-dir dist/*.whl", "passed"),
        ("pip install --no-index --find-links=/w p", "passed"),
        ("pip install --find-links=/w torch", "failed"),
    ],
)
def test_a_wheel_has_its_version(command: str, expected: str) -> None:
    assert verdict("installed_versions_are_declared", f"{ALL}RUN {command}\n") == expected
