"""The words of one command: which program it runs behind its wrappers, `uv run`, `sudo`, `python -m` and their like."""

# A table of options reads best as words.
# ruff: noqa: SIM905

from __future__ import annotations

import re

_ASSIGNMENT = re.compile(r"(?:\$env:)?[A-Za-z_][A-Za-z0-9_]*\+?=")
_PYTHON = re.compile(r"(?:.*/)?(?:python(?:3(?:\.\d+)?)?|py)(?:\.exe)?")
_KEYWORDS = {
    "if",
    "then",
    "else",
    "elif",
    "do",
    "while",
    "until",
    "!",
    "time",
    "exec",
    "nohup",
    "command",
    "eval",
    "@",
    "-",
}
_ENVIRONMENT = frozenset("-n --name -p --prefix --cwd".split())
_TOOL = frozenset(
    "--from --with --with-editable --with-requirements --python -p --spec --index --constraints".split()
)
#: Programs that run another program, and their options that take a value.
_RUNNERS: dict[tuple[str, ...], frozenset[str]] = {
    ("uv", "run"): frozenset(
        "--with --with-editable --with-requirements --extra --no-extra --group --only-group --no-group --python -p --env-file "
        "--project --directory --package --index --index-url --exclude-newer --refresh-package --upgrade-package".split()
    ),
    ("uv", "tool", "run"): _TOOL,
    ("uvx",): _TOOL,
    ("pipx", "run"): _TOOL,
    ("poetry", "run"): frozenset(),
    ("pipenv", "run"): frozenset(),
    ("pdm", "run"): frozenset({"-p", "--project", "--venv"}),
    ("hatch", "run"): frozenset(),
    ("rye", "run"): frozenset(),
    ("pixi", "run"): frozenset({"-e", "--environment", "--manifest-path"}),
    ("conda", "run"): _ENVIRONMENT,
    ("mamba", "run"): _ENVIRONMENT,
    ("micromamba", "run"): _ENVIRONMENT,
    ("env",): frozenset({"-u", "-C"}),
    ("sudo",): frozenset({"-u", "-g"}),
    ("xvfb-run",): frozenset({"-n", "-s", "-f", "-e", "-w", "-p"}),
    ("dotenv", "run"): frozenset({"-f"}),
    ("npx",): frozenset({"-p", "--package"}),
    ("timeout",): frozenset({"-s", "-k"}),
    ("faketime",): frozenset(),
    ("nice",): frozenset({"-n"}),
    ("ionice",): frozenset({"-c", "-n"}),
    ("stdbuf",): frozenset({"-i", "-o", "-e"}),
    ("caffeinate",): frozenset({"-t", "-w"}),
    ("unbuffer",): frozenset(),
    ("catchsegv",): frozenset(),
    ("dbus-run-session",): frozenset(),
    ("doppler", "run"): frozenset("-p -c --project --config --token".split()),
    ("op", "run"): frozenset({"--env-file", "--account"}),
    ("infisical", "run"): frozenset({"--env", "--path", "--projectId"}),
    ("xargs",): frozenset("-a -d -E -I -L -n -P -s --arg-file --delimiter --max-args --max-procs".split()),
    ("parallel",): frozenset({"-j", "--jobs", "-a"}),
}
#: Of these the first word is their own: a duration, a date.
_FIRST_IS_OWN = {("timeout",), ("faketime",)}
#: Of these the program may have a version: `uvx ruff@0.9`.
_VERSIONED = {("uv", "tool", "run"), ("uvx",), ("pipx", "run"), ("npx",)}
#: Options of `docker run`, `docker exec` and their like that take no value.
_FLAGS = frozenset(
    "--rm -i -t -it -ti -d -T --init --privileged --read-only --interactive --tty --detach --no-TTY --no-tty --build --no-deps "
    "--service-ports --use-aliases --remove-orphans --quiet --quiet-pull -q -P --publish-all --no-healthcheck".split()
)
_CONTAINERS = ("docker", "podman", "docker-compose")


def plain_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a command without its wrappers: assignments, `sudo`, `uv run`, `poetry run`, `python -m`, ….

    `python train.py` stays; `python -m pytest -q` becomes `pytest -q`; the program's path is removed (`.venv/bin/ruff`).
    """
    words = peeled(words)[-1]
    if words and "/" in words[0] and not words[0].endswith((".sh", ".py")):
        words = (words[0].rpartition("/")[2], *words[1:])
    return words


def peeled(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the words of a command, then again without each of its wrappers: `uv run poe test`, `poe test`."""
    stages = [words]
    for _ in range(8):
        while words and (_ASSIGNMENT.match(words[0]) or words[0] in _KEYWORDS):
            words = words[1:]
        words = _without_runner(words)
        if len(words) > 2 and _PYTHON.fullmatch(words[0]):
            words = _without_python(words)
        if words == stages[-1]:
            break
        stages.append(words)
    return stages


def _without_runner(words: tuple[str, ...]) -> tuple[str, ...]:
    if words[:1] == ("find",) and ("-exec" in words or "-execdir" in words):
        at = next(at for at, word in enumerate(words) if word in ("-exec", "-execdir"))
        return words[at + 1 :] or words
    for runner, valued in _RUNNERS.items():
        own = [word for word in words[:6] if not word.startswith("-")] if runner == ("uv", "run") else words
        if tuple(own[: len(runner)]) != runner or len(words) == len(runner):
            continue
        rest = list(words[words.index(runner[-1]) + 1 :])
        while rest and rest[0].startswith("-"):
            option = rest.pop(0)
            if option in ("-m", "--module") and runner[0] == "uv":
                break
            if option in valued and rest:
                rest.pop(0)
            if option == "--":
                break
        if runner in _FIRST_IS_OWN and rest:
            rest.pop(0)
        if runner in _VERSIONED and rest:
            rest[0] = rest[0][:1] + rest[0][1:].partition("@")[0]
        # A wrapper with options only (`uv run --help`) is itself the command.
        return tuple(rest) if rest else words
    return words


def _without_python(words: tuple[str, ...]) -> tuple[str, ...]:
    rest = list(words[1:])
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option == "-m" and rest:
            return tuple(rest)
        if option in ("-W", "-X") and rest:
            rest.pop(0)
        elif option == "-c" or option == "-":
            return words
    return (words[0], *rest) if rest else words


def in_container(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    """Return what `docker run`, `docker exec`, `docker compose run` runs in: the image or service, and the command there."""
    if words[:1] and words[0] in _CONTAINERS:
        verb = next((at for at, word in enumerate(words) if at and word in ("run", "exec")), 0)
        own = [
            word for word in words[1:verb] if word in ("build", "buildx", "push", "pull", "image", "login")
        ]
        rest = list(words[verb + 1 :]) if verb and not own else []
        entry: list[str] = []
        while rest and rest[0].startswith("-"):
            option, _, value = rest.pop(0).partition("=")
            if option not in _FLAGS and not value and rest:
                value = rest.pop(0)
            if option == "--entrypoint":
                entry = value.split()
        if rest:
            return rest[0], (*entry, *rest[1:])
    return None
