"""M17: one step of a workflow, run as GitHub's runner would, on files that the check gives it.

What would fetch or install something (pip, uv, apt, …) does nothing: the environment is there. What runs other programs in an
environment of its own (`uv run`, `poetry run`, …) runs them in this one. What is not here and starts other commands (make, tox,
invoke, …) runs those that the repository names for it.
"""

import json
import os

from grader.suite import not_applicable

from ._stand_in import STAND_IN

WALL_S, CPU_S = 60.0, 50

#: Both are public, and of no use to a cheat: which variant runs is not in them.
_PROGRAM = r"""
import json, os, shutil, stat, sys, tempfile

plan = json.load(sys.stdin)
work, here = os.getcwd(), tempfile.mkdtemp()
for path, text in plan["files"].items():
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
for name, text in plan["beside"].items():
    with open(os.path.join(here, name), "w", encoding="utf-8") as file:
        file.write(text)
bin = os.path.join(here, "bin")
os.makedirs(bin)
for name in plan["names"]:
    with open(os.path.join(bin, name), "w", encoding="utf-8") as file:
        head = "#!" + sys.executable + "\nPYTHON, BIN, STARTED = " + repr((sys.executable, bin, here + "/started")) + "\n"
        file.write(head + plan["stand_in"])
    os.chmod(os.path.join(bin, name), 0o755)
for name in ("script", "started"):
    with open(os.path.join(here, name), "w", encoding="utf-8") as file:
        file.write(plan[name])
own = os.environ
paths = [plan["env"].pop("PYTHONPATH", ""), own.get("PYTHONPATH", ""), here]
own.update({name: value for name, value in plan["env"].items() if "\0" not in name + value and name})
own["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
own["PATH"] = os.pathsep.join([bin, own.get("PATH", os.defpath)])
own["GITHUB_WORKSPACE"] = work
for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"):
    own[name] = os.path.join(here, name.lower())
os.chdir(os.path.join(work, plan["folder"] or "."))
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
words = [word.replace("{0}", os.path.join(here, "script")) for word in plan["shell"]]
os.execvp(words[0], words)
"""

_NAMES = (
    *("python", "python3", "pip", "pip3", "uv", "uvx", "poetry", "pdm", "pipenv", "hatch", "rye", "pixi", "conda", "mamba"),
    *("micromamba", "pipx", "sudo", "apt", "apt-get", "brew", "virtualenv", "make", "just", "tox", "nox", "invoke", "inv"),
    *("task", "poe", "pre-commit", "prek", "pytest", "py.test", "ruff", "mypy", "black", "isort", "flake8", "pylint"),
    *("coverage", "yapf", "autopep8", "pyright", "pycodestyle", "pydocstyle", "pyflakes", "bandit", "pip-sync"),
)  # fmt: skip


def run_step(student, plan, files, beside=None):
    """Run a step with these files in the place of those of the repository; returns what `student.run` does."""
    if os.name == "nt":
        not_applicable("The steps run in a shell of Linux: check with Docker, or push.")
    told = {**plan, "files": files, "beside": beside or {}, "names": _NAMES, "stand_in": STAND_IN}
    return student.run(["python", "-c", _PROGRAM], stdin=json.dumps(told), timeout=WALL_S, cpu_s=CPU_S)
