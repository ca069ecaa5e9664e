"""Commands that an answer shows: whether the scripts, tasks, targets, files and options that they name exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from grader.exam.claims.command_lines.arguments import Told, options, overrides, subcommand
from grader.exam.claims.command_lines.quoted_commands import Typed, typed
from grader.exam.claims.finder import Answer, Repository
from grader.exam.claims.places.path_index import Tree, clean, tree
from grader.inventory import Inventory
from grader.repository.commands.make_rules import is_target
from grader.results import Claim, ClaimVerdict

_YES, _NO, _OPEN = ClaimVerdict.supported, ClaimVerdict.contradicted, ClaimVerdict.undetermined
_PLACEHOLDER = re.compile(r"[<>{}$*\[\]|…]|\.\.\.|path/to|your|example", re.I)
_PYTHON = re.compile(r"python(?:3(?:\.\d+)?)?(?:\.exe)?")
_TASK = re.compile(r"[A-Za-z][\w.-]*")
_COMPOSE = ("docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml")

_Judge = Callable[[Typed, Inventory, Tree], list[Told]]


def find(answer: Answer, repository: Repository) -> Iterable[Claim]:
    """Yield a claim for each command that can be checked against the repository."""
    if repository.inventory is None:
        return
    paths = tree(repository.inventory)
    for command in typed(answer.text):
        told = _told(command, repository.inventory, paths)
        folder = clean(command.folder)
        if folder is None or folder not in paths:
            # A folder that does not exist may belong to another repository.
            told = [one for one in told if one[0] is not _NO]
        if not told:
            continue
        verdict = (
            _NO
            if any(each is _NO for each, _ in told)
            else _YES
            if any(each is _YES for each, _ in told)
            else _OPEN
        )
        yield Claim(
            text=command.text,
            kind="command",
            claimed=command.written,
            verdict=verdict,
            why=" ".join(dict.fromkeys(why for each, why in told if each is verdict))[:600],
        )


def _told(command: Typed, inventory: Inventory, paths: Tree) -> list[Told]:
    words = command.words
    if _PYTHON.fullmatch(words[0]) and len(words) > 1:
        return _script(command, words[1], words[2:], inventory, paths)
    if words[0].endswith(".py"):
        return _script(command, words[0], words[1:], inventory, paths)
    judge = _PROGRAMS.get(words[0])
    if judge is not None:
        return judge(command, inventory, paths)
    if words[0] in inventory.scripts:
        return [(_YES, f"{words[0]} is a command that installing the project gives.")]
    if "." in words[0] and re.fullmatch(r"\w+(?:\.\w+)+", words[0]):
        return _module(command, words[0], words[1:], inventory, paths)
    return []


def _script(command: Typed, name: str, rest: Sequence[str], inventory: Inventory, paths: Tree) -> list[Told]:
    if not name.endswith(".py"):
        return []
    told, found = _file(command, name, paths)
    return [*told, *_arguments(command, found, rest, inventory, paths)]


def _module(command: Typed, name: str, rest: Sequence[str], inventory: Inventory, paths: Tree) -> list[Told]:
    """Check `python -m src.pkg.train` if it is a module of the repository; other modules cannot be judged."""
    path = name.partition(":")[0].replace(".", "/")
    for base in ("", "src/"):
        for end in (".py", "/__main__.py", "/__init__.py"):
            if f"{base}{path}{end}" in paths.files:
                found = f"{base}{path}{end}"
                return [(_YES, f"{found} exists."), *_arguments(command, found, rest, inventory, paths)]
    first = path.partition("/")[0]
    package = inventory.package.rpartition("/")[2]
    if first and first in {"src", package} and command.folder == "" and paths.complete:
        return [(_NO, f"There is no module {name} at the commit.")]
    return []


def _arguments(
    command: Typed, path: str | None, rest: Sequence[str], inventory: Inventory, paths: Tree
) -> list[Told]:
    programs = [program for program in inventory.programs if program.path == path]
    if not programs or not command.whole or "programs" in inventory.cut:
        return []
    told = []
    for program in programs:
        if program.framework == "hydra":
            told += overrides(rest, program, inventory, paths)
    if len(programs) == 1 and programs[0].framework in ("argparse", "typer", "click", "fire"):
        told += [*options(programs[0], rest), *subcommand(programs[0], rest)]
    return told


def _file(command: Typed, name: str, paths: Tree, *, anywhere: bool = True) -> tuple[list[Told], str | None]:
    """Return the verdict on a file argument, and the file itself."""
    if _PLACEHOLDER.search(name) or name.startswith(("/", "~", "http")) or ":" in name:
        return [], None
    found = paths.find(name, (command.folder, ""))
    if found:
        return [(_YES, f"{found} exists.")], found
    named = paths.named(name) if anywhere else []
    if len(named) == 1 or (named and "/" not in name):
        bare = "/" not in name.removeprefix("./")
        return [(_YES if bare else _OPEN, f"{named[0]} is the file of that name.")], named[0]
    if not paths.complete or paths.kept_out(name):
        return [], None
    like = paths.like(name)
    hint = f"; {like} does" if like else ""
    return [(_NO, f"{name} does not exist at the commit{hint}.")], None


def _after(words: Sequence[str], *options: str) -> list[str]:
    """Return the values of an option, `-f x`, `--file x` or `--file=x`."""
    values = [words[at + 1] for at, word in enumerate(words[:-1]) if word in options]
    return values + [
        word.partition("=")[2] for word in words if word.partition("=")[0] in options and "=" in word
    ]


def _given(*options: str) -> _Judge:
    def judge(command: Typed, inventory: Inventory, paths: Tree) -> list[Told]:
        return [one for name in _after(command.words, *options) for one in _file(command, name, paths)[0]]

    return judge


def _docker(command: Typed, inventory: Inventory, paths: Tree) -> list[Told]:
    words = command.words
    if words[1:2] == ("compose",) or words[0] == "docker-compose":
        named = _after(words, "-f", "--file")
        if named:
            return [one for name in named for one in _file(command, name, paths)[0]]
        exists = [name for name in _COMPOSE if paths.named(name)]
        return (
            [(_YES, f"{exists[0]} exists.")]
            if exists
            else [(_NO, "There is no compose file.")]
            if paths.complete
            else []
        )
    if words[1:2] != ("build",) and words[1:3] != ("buildx", "build"):
        return []
    named = _after(words, "-f", "--file")
    if named:
        return [one for name in named for one in _file(command, name, paths)[0]]
    if "." in words[2:] and command.whole:
        if paths.find("Dockerfile", (command.folder, "")):
            return [(_YES, "There is a Dockerfile in that folder.")]
        if paths.complete and not paths.named("Dockerfile"):
            return [(_NO, "There is no file named Dockerfile, and the command names no other.")]
    return []


def _invoke(command: Typed, inventory: Inventory, paths: Tree) -> list[Told]:
    name = command.words[1] if len(command.words) > 1 else ""
    if not _TASK.fullmatch(name) or not command.whole:
        return []
    asked = name.replace("_", "-")
    known = {task.replace("_", "-") for task in inventory.tasks}
    if asked in known or asked.rpartition(".")[2] in known:
        return [(_YES, f"{name} is a task of invoke.")]
    if "." in name or not inventory.is_whole("tasks") or (not known and paths.named("tasks.py")):
        return []
    return (
        [(_NO, f"There is no task {name}; there are {', '.join(sorted(known)[:8]) or 'none'}.")]
        if paths.complete
        else []
    )


def _make(command: Typed, inventory: Inventory, paths: Tree) -> list[Told]:
    name = command.words[1] if len(command.words) > 1 else ""
    if not _TASK.fullmatch(name) or not command.whole or "targets" in inventory.cut:
        return []
    # `make data train EPOCHS=3`: options may name another folder or file.
    names = [word for word in command.words[1:] if "=" not in word]
    plain = all(_TASK.fullmatch(one) for one in names)
    names = names if plain else [name]
    missing = [one for one in names if not is_target(one, inventory.targets)]
    if not missing:
        return [(_YES, f"{one} is a target.") for one in names]
    whole = plain and paths.complete and inventory.is_whole("targets")
    if not whole or (not inventory.targets and paths.named("Makefile")):
        return []
    return [
        (_NO, f"There is no target {missing[0]}; there are {', '.join(inventory.targets[:8]) or 'none'}.")
    ]


def _wandb(command: Typed, inventory: Inventory, paths: Tree) -> list[Told]:
    files = [word for word in command.words[2:] if word.endswith((".yaml", ".yml"))]
    return _file(command, files[0], paths)[0] if command.words[1:2] == ("sweep",) and files else []


def _pip(command: Typed, inventory: Inventory, paths: Tree) -> list[Told]:
    told = [
        one for name in _after(command.words, "-r", "--requirement") for one in _file(command, name, paths)[0]
    ]
    editable = [name for name in _after(command.words, "-e", "--editable") if re.match(r"\.(?:\[|$)", name)]
    if editable and paths.complete and command.folder == "":
        installs = [name for name in ("pyproject.toml", "setup.py", "setup.cfg") if name in paths.files]
        told.append(
            (_YES, f"{installs[0]} exists.") if installs else (_NO, "There is no pyproject.toml or setup.py.")
        )
    return told


def _uv(command: Typed, inventory: Inventory, paths: Tree) -> list[Told]:
    if command.words[1:2] == ("pip",):
        return _pip(command, inventory, paths)
    if command.words[1:2] == ("sync",):
        exists = [name for name in ("uv.lock", "pyproject.toml") if paths.named(name)]
        return [(_YES, f"{exists[0]} exists.")] if exists else []
    return []


def _served(command: Typed, inventory: Inventory, paths: Tree) -> list[Told]:
    """Check `uvicorn src.pkg.api:app`."""
    module = next((word for word in command.words[1:] if re.fullmatch(r"[\w.]+:\w+", word)), "")
    if not module or _after(command.words, "--app-dir"):
        return []
    dotted = module.partition(":")[0]
    if "." not in dotted:
        named = paths.named(f"{dotted}.py")
        return [(_YES, f"{named[0]} exists.")] if named else []
    return _module(command, dotted, (), inventory, paths)


def _first_file(*after: str) -> _Judge:
    """Return a judge of the first file after some sub-command: `streamlit run app.py`."""

    def judge(command: Typed, inventory: Inventory, paths: Tree) -> list[Told]:
        words = command.words[1:]
        if after and words[:1] not in [(one,) for one in after]:
            return []
        files = [word for word in words if re.fullmatch(r"[\w./-]+\.(?:py|sh)", word)]
        return _file(command, files[0], paths)[0] if files else []

    return judge


def _needing(ending: str, *after: str) -> _Judge:
    """Return a judge of a sub-command that needs files of the repository: `dvc pull` metafiles, `pre-commit install` hooks."""

    def judge(command: Typed, inventory: Inventory, paths: Tree) -> list[Told]:
        exists = sorted(path for path in paths.files if path.endswith(ending))
        return (
            [(_YES, f"{exists[0]} exists.")]
            if exists and command.words[1:2] in [(one,) for one in after]
            else []
        )

    return judge


_PROGRAMS: dict[str, _Judge] = {
    "docker": _docker,
    "docker-compose": _docker,
    "invoke": _invoke,
    "inv": _invoke,
    "make": _make,
    "wandb": _wandb,
    "pip": _pip,
    "pip3": _pip,
    "uv": _uv,
    "conda": _given("-f", "--file"),
    "mamba": _given("-f", "--file"),
    "gcloud": _given("--config"),
    "locust": _given("-f", "--locustfile"),
    "uvicorn": _served,
    "gunicorn": _served,
    "streamlit": _first_file("run"),
    "fastapi": _first_file("run", "dev"),
    "bash": _first_file(),
    "sh": _first_file(),
    "sbatch": _first_file(),
    "dvc": _needing(".dvc", "pull", "push", "repro"),
    "pre-commit": _needing(".pre-commit-config.yaml", "install", "run"),
}
