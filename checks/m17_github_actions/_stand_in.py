"""M17: the program that stands in the place of those that install, that run others, and that are not here."""

STAND_IN = r'''
import os, re, sys

VALUED = {"--group", "--extra", "--with", "--python", "-p", "--project", "--package", "--env-file", "--only-group", "-n", "-e",
          "--no-group", "--index-url", "--index", "--name", "--with-requirements", "--with-editable", "--no-extra", "--from",
          "--environment"}
RUNNERS = {"uv", "poetry", "pdm", "pipenv", "hatch", "rye", "pixi", "conda", "mamba", "micromamba", "pipx"}
MODULES = {name: name for name in ("pytest", "ruff", "mypy", "black", "isort", "flake8", "pylint", "coverage", "yapf", "autopep8",
                                   "pyright", "pycodestyle", "pydocstyle", "pyflakes", "bandit")}
MODULES["py.test"] = "pytest"
STARTERS = {"make", "just", "tox", "nox", "invoke", "inv", "task", "poe", "pre-commit", "prek", "doit"}
NOTHING = {"pip", "pip3", "ensurepip", "virtualenv", "venv", "apt", "apt-get", "brew", "choco", "pip-sync",
           "pip-compile", "build"}


def inner(words):
    """A command behind the options of what runs it."""
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word in ("-m", "--module"):
            return ["python", "-m", *words]
        if word == "--":
            return words
        if word in ("--directory", "--cwd", "-C"):
            os.chdir(words.pop(0))
        elif word in VALUED and words:
            words.pop(0)
    return words


def start(words):
    if not words:
        sys.exit(0)
    name, rest = words[0], words[1:]
    name = name if "/" not in name or not re.search(r"/(?:bin|Scripts)/", name) else name.rpartition("/")[2]
    if re.fullmatch(r"python(?:3(?:\.\d+)?)?|py", name):
        if rest[:1] == ["-m"] and len(rest) > 1 and rest[1] in RUNNERS | STARTERS | NOTHING:
            start(rest[1:])
        os.execv(PYTHON, [PYTHON, *rest])
    if name in MODULES:
        os.execv(PYTHON, [PYTHON, "-m", MODULES[name], *rest])
    if name == "sudo":
        start(inner(rest))
    if name in STARTERS:
        os.execvp("sh", ["sh", STARTED])
    if name in NOTHING or name in RUNNERS or name == "uvx":
        runner(name, rest)
    os.execvp(name, [name, *rest])


def runner(name, rest):
    """`uv run pytest` runs pytest; what installs does nothing, and a new environment is this one."""
    if rest[:2] == ["tool", "run"] or (name == "pipx" and rest[:1] == ["run"]) or name == "uvx":
        rest = inner(rest if name == "uvx" else rest[rest.index("run") + 1 :])
        start([re.split(r"[@=<>]", rest[0])[0], *rest[1:]] if rest else [])
    rest = rest if name not in ("uv", "poetry") else inner_of(rest)
    if rest[:1] == ["run"] and name != "pip":
        start(inner(rest[1:]))
    if "venv" in (name, *rest[:1]) or name == "virtualenv":
        folder = next((word for word in reversed(rest) if not word.startswith("-") and word not in ("venv", "create")), ".venv")
        folder = ".venv" if re.fullmatch(r"[\d.]+", folder) else folder
        for part in ("bin", "Scripts"):
            os.makedirs(os.path.join(folder, part), exist_ok=True)
            open(os.path.join(folder, part, "activate"), "w").close()
            for one in os.listdir(BIN):
                link = os.path.join(folder, part, one)
                os.path.lexists(link) or os.symlink(os.path.join(BIN, one), link)
    sys.exit(0)


def inner_of(words):
    """Without the options that stand before the command of uv or poetry."""
    return inner(list(words)) if words[:1] and words[0].startswith("-") else list(words)


start([os.path.basename(sys.argv[0]), *sys.argv[1:]])
'''
