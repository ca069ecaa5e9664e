"""What is in an image: contexts that are declared elsewhere, and files that no plain COPY brings."""

from typing import Any

import pytest

from grader.testing import run_check
from tests.cpu import ends_within
from tests.places import CHECKS

SUITE = CHECKS / "m10_docker"
BASE = "FROM python:3.12-slim\n"
APP = f"{BASE}WORKDIR /app\nCOPY app.py .\nCMD ['x']\n".replace("['x']", '["python","app.py"]')
START = 'CMD ["python", "main.py"]\n'
Files = dict[str, Any]


def verdict(check: str, files: Files, profile: str = "project") -> str:
    return run_check(SUITE, check, files, profile=profile).verdict


def compose(context: str, dockerfile: str, more: str = "") -> str:
    return f"services:\n  api:\n    build:\n      context: {context}\n      dockerfile: {dockerfile}\n{more}"


API = {"docker/api.Dockerfile": APP, "services/api/app.py": "print(1)\n"}
BUILD = "docker build -f docker/api.Dockerfile services/api"
PUSH = "on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n{more}    steps:\n      - uses: docker/build-push-action@v6\n        with: {with_}\n"
STEP = "on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build -t x .\n        working-directory: services/api\n"
BUILDX = "docker buildx build --platform linux/amd64 --push -t a/b:c -f docker/api.Dockerfile ./services/api/"

#: How the build context is said (P52: docker/compose#7995, #5431); each names services/api, two folders away.
CONTEXTS: list[Files] = [
    {**API, "compose.yaml": compose("services/api", "../../docker/api.Dockerfile")},
    {**API, "deploy/compose.yaml": compose("../services/api/", "../../docker/api.Dockerfile")},
    {**API, "docker-compose.dev.yml": compose("./services/api", "${DIR:-../../docker}/api.Dockerfile")},
    {**API, "Makefile": f"IMG = x\nbuild:\n\t{BUILD} -t $(IMG)\n"},
    {**API, "Makefile": "CTX := services/api\nbuild:\n\tdocker build $(CTX) -f docker/api.Dockerfile\n"},
    {**API, "scripts/build.sh": f"#!/bin/sh\nset -e\n{BUILDX}\n"},
    {**API, "scripts/build.sh": "cd services/api && docker build -f ../../docker/api.Dockerfile .\n"},
    {**API, "README.md": f"# P\n\n```bash\n$ {BUILD} -t api:latest\n```\n"},
    {**API, "README.md": f"# P\n\nBuild it by `{BUILD}`.\n"},
    {
        **API,
        "tasks.py": f"from invoke import task\n\n@task\ndef b(ctx):\n    ctx.run('{BUILD} --progress=plain')\n",
    },
    {
        **API,
        ".github/workflows/b.yml": PUSH.format(
            with_="{context: services/api, file: docker/api.Dockerfile}", more=""
        ),
    },
    {
        **API,
        ".github/workflows/b.yml": PUSH.format(
            with_='{context: "./services/${{ matrix.s }}", file: "docker/${{ matrix.s }}.Dockerfile"}',
            more="    strategy: {matrix: {s: [api]}}\n",
        ),
    },
    {
        **API,
        "cloudbuild.yaml": "steps:\n  - name: gcr.io/cloud-builders/docker\n"
        "    args: [build, -t, x, -f, docker/api.Dockerfile, services/api]\n",
    },
    {
        **API,
        "cloudbuild.yaml": "steps:\n  - name: gcr.io/cloud-builders/docker\n    dir: services\n"
        "    args: [build, -t, x, -f, ../docker/api.Dockerfile, api]\n",
    },
    {
        **API,
        "cloudbuild.yaml": "steps:\n  - name: gcr.io/kaniko-project/executor:latest\n"
        "    args: [--dockerfile=docker/api.Dockerfile, --context=dir://services/api, --destination=x]\n",
    },
    {
        "docker/Dockerfile": APP,
        "services/api/app.py": "x = 1\n",
        ".devcontainer/devcontainer.json": '{"build": {"dockerfile": "../docker/Dockerfile", "context": "../services/api"}}',
    },
]
CHECKED = ("copied_files_exist", "an_image_can_be_built", "started_scripts_are_in_the_image")


@pytest.mark.parametrize("files", CONTEXTS)
def test_a_context_is_where_the_build_says(files: Files) -> None:
    for check in CHECKED:
        assert verdict(check, files) in ("passed", "not_applicable"), check
    # The same words, and the file lies beside the Dockerfile instead: not in the context.
    twin = dict(files)
    twin[next(path for path in files if "ockerfile" in path).rpartition("/")[0] + "/app.py"] = twin.pop(
        "services/api/app.py"
    )
    twin["services/api/other.py"] = "x = 1\n"
    for check in CHECKED:
        assert verdict(check, twin) == "failed", check


def test_a_step_works_in_its_own_folder() -> None:
    files = {
        "services/api/Dockerfile": APP,
        "services/api/app.py": "x = 1\n",
        ".github/workflows/b.yml": STEP,
    }
    assert [verdict(check, files) for check in CHECKED] == ["passed"] * 3
    files["app.py"] = files.pop("services/api/app.py")
    assert [verdict(check, files) for check in CHECKED] == ["failed"] * 3


def test_a_folder_of_its_own_is_a_context_where_nothing_says_another() -> None:
    """P54 (SkafteNicki/dtu_mlops): the folder of the Dockerfile is as good a guess as the root."""
    files = {
        "svc/main.py": "print(1)\n",
        "svc/Dockerfile": f'{BASE}WORKDIR /app\nCOPY main.py .\nUSER nobody\nENTRYPOINT ["python","-u","main.py"]\n',
    }
    assert verdict("started_scripts_are_in_the_image", files) == "passed"
    # Copied to one folder and started in another is wrong in every context.
    files["svc/Dockerfile"] = f'{BASE}WORKDIR /app\nCOPY main.py .\nWORKDIR src\nCMD ["python","main.py"]\n'
    assert verdict("started_scripts_are_in_the_image", files) == "failed"


REPO = {
    "main.py": "print(1)\n",
    "src/p/train.py": "print(2)\n",
    "run.sh": "python main.py\n",
    "pyproject.toml": "[project]\nname = 'p'\n",
    "requirements.txt": "torch\n",
}
HEREDOC = 'COPY --chmod=755 <<EOF /start.sh\n#!/bin/sh\nexec python -m http.server\nEOF\nCMD ["/start.sh"]\n'
INSIDE = [
    # Heredocs (P51): a file that the Dockerfile itself holds.
    HEREDOC,
    'COPY <<"A" <<\'B\' /usr/local/bin/\necho a\nA\necho b\nB\nCMD ["sh", "/usr/local/bin/B"]\n'.replace(
        "B", "b.sh"
    ),
    'RUN cat <<EOF > /start.sh\nexec python\nEOF\nCMD ["sh", "/start.sh"]\n',
    "RUN printf 'exec python' > /start.sh && chmod +x /start.sh\nCMD [\"/start.sh\"]\n",
    "RUN echo 'exec python' | tee /start.sh\nCMD [\"/start.sh\"]\n",
    # A program without a folder is looked up on PATH.
    'COPY run.sh /usr/local/bin/\nENTRYPOINT ["run.sh"]\n',
    # A relative WORKDIR, variables in paths, and the folder that WORKDIR made.
    f"WORKDIR /srv\nWORKDIR app\nCOPY main.py .\n{START}",
    f"ARG HOME_DIR=/opt/code\nENV APP=${{HOME_DIR}}/app\nWORKDIR $APP\nCOPY main.py ./\n{START}",
    f"WORKDIR /app\nCOPY main.py /app\n{START}",
    f"RUN mkdir -p /code\nCOPY main.py /code\nWORKDIR /code\n{START}",
    f"ARG SRC=src/p\nWORKDIR /app\nCOPY ${{SRC}}/train.py main.py\n{START}",
    'WORKDIR /app\nCOPY --parents src/p/train.py ./\nCMD ["python", "src/p/train.py"]\n',
    'COPY src /app/src\nCMD ["sh", "-c", "cd /app && exec python src/p/train.py"]\n',
    "COPY src /app/src\nCMD cd /app/src/p && python train.py\n",
    # What a build fetches.
    f"RUN git clone https://example.org/p.git /app\nWORKDIR /app\n{START}",
    f"WORKDIR /w\nRUN apt-get update && apt-get install -y git && git clone --depth 1 https://example.org/p.git\nWORKDIR p\n{START}",
    f"WORKDIR /app\nRUN wget -q https://example.org/main.py\n{START}",
    f"WORKDIR /app\nRUN curl -sSL https://example.org/m -o main.py\n{START}",
    f"WORKDIR /app\nADD https://example.org/main.py .\n{START}",
    f"ADD https://example.org/p.git#main /app\nWORKDIR /app\n{START}",
    f"ADD code.tar.gz /app/\nWORKDIR /app\n{START}",
    f"WORKDIR /app\nCOPY . /tmp/src\nRUN cp -r /tmp/src/. /app/\n{START}",
    f"WORKDIR /app\nRUN --mount=type=bind,target=/s cp /s/main.py .\n{START}",
    f"WORKDIR /app\nCOPY src src\nRUN cd src/p && mv train.py /app/main.py\n{START}",
    # Stages.
    f"WORKDIR /b\nCOPY . .\nFROM python:3.12\nWORKDIR /app\nCOPY --from=0 /b/main.py ./\n{START}",
    f"COPY . /b\nRUN pip install .\nFROM python:3.12\nCOPY --from=builder /b /app\nWORKDIR /app\n{START}",
    f"WORKDIR /app\nCOPY . .\nFROM builder\n{START}",
    f"FROM python:3.12\nWORKDIR /app\nCOPY --from=ghcr.io/a/code:1 /code .\n{START}",
]


@pytest.mark.parametrize("body", INSIDE)
def test_what_is_started_is_in_the_image(body: str) -> None:
    files = {**REPO, "code.tar.gz": b"\x1f\x8b", "Dockerfile": f"FROM python:3.12-slim AS builder\n{body}"}
    assert verdict("started_scripts_are_in_the_image", files) == "passed"
    assert verdict("copied_files_exist", files) == "passed"


OUTSIDE = [
    # A heredoc under another name, or one that a comment holds.
    HEREDOC.replace("/start.sh\n#!", "/begin.sh\n#!"),
    '# COPY <<EOF /start.sh\nCMD ["/start.sh"]\n',
    'RUN echo "> /start.sh"\nCMD ["/start.sh"]\n',
    'COPY run.sh /opt/bin/\nENTRYPOINT ["run.sh"]\n',
    f"COPY main.py /usr/local/bin/\nWORKDIR /app\n{START}",
    f"WORKDIR /srv\nCOPY main.py .\nWORKDIR app\n{START}",
    f"ARG APP=/opt/app\nCOPY main.py $APP/\nWORKDIR /app\n{START}",
    # git is installed, and clones nothing; or it clones to another place.
    f"RUN apt-get update && apt-get install -y git curl\nWORKDIR /app\nCOPY main.py /code/\n{START}",
    f"RUN git clone https://example.org/p.git /opt/p\nWORKDIR /app\nCOPY main.py /code/\n{START}",
    f"RUN git config --global user.name x\nWORKDIR /app\nCOPY main.py /code/\n{START}",
    f"RUN curl -LsSf https://example.org/install.sh | sh\nWORKDIR /app\nCOPY main.py /code/\n{START}",
    # An earlier stage that is thrown away.
    f"WORKDIR /app\nCOPY main.py .\nFROM python:3.12\nWORKDIR /app\n{START}",
    f"COPY main.py /b/\nFROM python:3.12\nCOPY --from=builder /b /srv\nWORKDIR /app\n{START}",
    f"FROM python:3.12\nWORKDIR /app\nCOPY --from=ghcr.io/a/uv:1 /uv /bin/\n{START}",
    # ONBUILD works in images that build on this one.
    f"WORKDIR /app\nONBUILD COPY main.py .\n{START}",
    'COPY src /app/src\nCMD ["sh", "-c", "cd /app && exec python p/train.py"]\n',
]


@pytest.mark.parametrize("body", OUTSIDE)
def test_what_only_looks_as_if_it_were_there(body: str) -> None:
    files = {**REPO, "start.sh": "echo\n", "Dockerfile": f"FROM python:3.12-slim AS builder\n{body}"}
    assert verdict("started_scripts_are_in_the_image", files) == "failed"


def test_a_base_image_of_ones_own_brings_its_files_and_triggers() -> None:
    files = {
        **REPO,
        "docker/base.dockerfile": f"{BASE}WORKDIR /app\nCOPY run.sh /usr/bin/run.sh\nONBUILD COPY . .\n",
        "docker/app.dockerfile": f"FROM p-base:1\n{START}",
        "Makefile": "a:\n\tdocker build -t p-base:1 -f docker/base.dockerfile .\n"
        "\tdocker build -t app -f docker/app.dockerfile .\n",
    }
    assert verdict("started_scripts_are_in_the_image", files) == "passed"
    files["docker/base.dockerfile"] = files["docker/base.dockerfile"].replace("ONBUILD COPY . .", "")
    assert verdict("started_scripts_are_in_the_image", files) == "failed"


@pytest.mark.parametrize(
    ("ignore", "copy", "expected"),
    [
        ({"services/api/.dockerignore": "app.py\n"}, "app.py", "failed"),
        ({".dockerignore": "app.py\nservices\n"}, "app.py", "passed"),
        ({"docker/api.Dockerfile.dockerignore": "*\n!app.py\n"}, "app.py", "passed"),
        ({"docker/api.Dockerfile.dockerignore": "*.py\n"}, "app.py", "failed"),
        ({"services/api/.dockerignore": "*\n"}, ".", "failed"),
    ],
)
def test_the_dockerignore_of_the_context_counts(ignore: Files, copy: str, expected: str) -> None:
    files = {**API, "compose.yaml": compose("services/api", "../../docker/api.Dockerfile"), **ignore}
    files["docker/api.Dockerfile"] = APP.replace("COPY app.py", f"COPY {copy}")
    check = "copied_files_exist" if copy != "." else "started_scripts_are_in_the_image"
    assert verdict(check, files) == expected


@pytest.mark.parametrize(
    ("copy", "expected"),
    [
        ("requirements.txt uv.loc[k] ./", "passed"),
        ("requirements.txt poetry.lock* ./", "passed"),
        ("./src/ ./src/", "passed"),
        # docker/docs#19500: what leads out of the context is dropped.
        ("../src/p src", "passed"),
        ("../p src", "failed"),
        ("*.lock ./", "failed"),
        ("*.toml ./", "passed"),
        # Docker tells capitals apart wherever it runs, and `*` is one folder.
        ("Requirements.txt ./", "failed"),
        ("train*.py ./", "failed"),
        ("${WHAT:-src/q} ./", "failed"),
    ],
)
def test_sources_are_read_as_docker_reads_them(copy: str, expected: str) -> None:
    files = {**REPO, "Dockerfile": f"{BASE}COPY {copy}\n"}
    assert verdict("copied_files_exist", files) == expected


def test_a_build_argument_of_compose_names_the_file() -> None:
    more = "      args:\n        APP: svc\n"
    files = {
        "Dockerfile": f"{BASE}ARG APP=gone\nWORKDIR /app\nCOPY ${{APP}}/main.py .\n{START}",
        "svc/main.py": "print(1)\n",
        "compose.yaml": compose(".", "Dockerfile", more),
    }
    assert [verdict(check, files) for check in CHECKED] == ["passed", "not_applicable", "passed"]
    files["compose.yaml"] = compose(".", "Dockerfile")
    assert verdict("copied_files_exist", files) == "failed"


@pytest.mark.parametrize(
    "dockerfile",
    [
        BASE + "COPY . /a\n" * 20_000,
        f"{BASE.strip()} AS a\nCOPY . .\n" + "FROM a AS a\n" * 20_000 + START,
        BASE + "COPY . /a\nRUN " + " && ".join(["cp -r /a /b"] * 1_500) + f"\n{START}",
        BASE
        + "".join(f"RUN git clone x /a{n}\n" for n in range(5_000))
        + "COPY --from=x /a /b\n" * 2_000
        + START,
        BASE + "ARG A=x\n" + "ARG A=$A$A\n" * 5_000 + f"WORKDIR $A\n{START}",
    ],
)
def test_a_hostile_dockerfile_ends_in_time(dockerfile: str) -> None:
    files = {**{f"src/m{n}.py": "" for n in range(400)}, "Dockerfile": dockerfile}
    ends_within(20, lambda: run_check(SUITE, "started_scripts_are_in_the_image", files, profile="project"))


def test_hostile_build_commands_end_in_time() -> None:
    files = {f"d{n}/Dockerfile": APP for n in range(100)}
    files["build.sh"] = "".join(f"cd d{n}\ndocker build -f $A$B$C$D/{{}} $A\n" for n in range(2_000))
    ends_within(20, lambda: run_check(SUITE, "copied_files_exist", files, profile="project"))
