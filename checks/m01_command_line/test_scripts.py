"""M1: a Python script, and the shell scripts that run it: once, and ten times."""

from grader.suite import check, evidence, shared, work, work_folders

from ._common import MOST, WALL_S, called, has_shebang, own_scripts, printed, shell_scripts

_TIMES = 10
#: Imports a script: what it prints then, it prints to whoever uses a part of it.
_IMPORT = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='imported')"

#: A stand-in for each script that is called: it writes down that it ran, and prints a word that nobody can know. And one for each
#: program that may call it, first on PATH; `uv run` has no project here.
_SET_UP = r"""
import os, shlex, sys

away = os.path.abspath(tools)
os.makedirs(away, exist_ok=True)
log = os.path.join(away, "log")
for path in scripts:
    with open(path, "w", newline="") as file:
        file.write("#!/usr/bin/env python3\nfor _ in [1]:\n    open(%r, 'a').write('run\\n')\n" % log)
        file.write("    print(%r)\n" % word)
    os.chmod(path, 0o755)
real = shlex.quote(sys.executable)
for name in ("python", "python3", "uv"):
    path = os.path.join(away, name)
    with open(path, "w", newline="") as file:
        file.write("#!/bin/sh\n")
        if name == "uv":
            file.write('while [ $# -gt 0 ]; do case "$1" in run|-*|python|python3) shift;; *) break;; esac; done\n')
        file.write("exec " + real + ' "$@"\n')
    os.chmod(path, 0o755)
for path in shells:
    os.chmod(path, 0o755)
result = [away, os.environ.get("PATH", "")]
"""
_RAN = "import os\nresult = len(open(log).readlines()) if os.path.exists(log) else 0\nif result:\n    os.remove(log)"


@work("a Python script and a shell script with a shebang that runs it")
def find_work(submission):
    shells = [path for path, text in shell_scripts(submission).items() if ".py" in text]
    scripts = [file.path for file in own_scripts(submission)]
    found = []
    for path in shells:
        folder = work_folders(submission, [path])[0]
        # The script may lie beside the folder of the shell scripts.
        while folder != "." and not any(one.startswith(f"{folder}/") for one in scripts):
            folder = folder.rpartition("/")[0] or "."
        found.append(folder)
    return list(dict.fromkeys(found)) if scripts else []


@check(
    "A Python script prints something when it is run, and nothing when it is imported",
    points=2,
    scope="exercises",
    hint='`print` below a line `if __name__ == "__main__":` runs when the file is the script, and not when it is imported.',
)
def test_python_script(submission, student):
    told = printed(student, submission)
    assert told["found"], told["problem"] or "No Python script prints anything."
    loud = []
    for path in told["found"]:
        done = student.run(["python", "-c", _IMPORT, path], timeout=WALL_S)
        if done.returncode == 0 and not done.output.strip():
            evidence(path)
            return
        loud.append(path)
    raise AssertionError(f"An import of {loud[0]} prints something, too.")


@shared
def ran(student, submission, rng):
    """What each shell script did: how often a Python script ran, and how often its output came through."""
    found, word = {}, f"word{rng.getrandbits(48):012x}"
    shells = shell_scripts(submission)
    for path, text in list(shells.items())[:MOST]:
        scripts = sorted({one for other in shells.values() for one in called(submission, path, other)})
        away, old = student.probe(_SET_UP, tools=".tools", scripts=scripts, shells=list(shells), word=word)
        folder, _, name = path.rpartition("/")
        best = {"runs": 0, "words": 0, "said": ""}
        for cwd, command in dict.fromkeys([(".", f"./{path}"), (folder or ".", f"./{name}")]):
            done = student.run(["sh", "-c", command], cwd=cwd, env={"PATH": f"{away}:{old}"}, timeout=WALL_S)
            runs = student.probe(_RAN, log=f"{away}/log")
            new = {
                "runs": runs,
                "words": done.stdout.count(word),
                "said": done.output.replace(word, "…").strip()[-200:],
            }
            best = max(best, new, key=lambda one: (min(one["runs"], one["words"]), bool(one["said"])))
        found[path] = {**best, "shebang": has_shebang(text)}
    return found


def _with(found, times):
    """The shell scripts that ran a Python script so many times; fails the check where there is none."""
    right = [path for path, one in found.items() if one["runs"] == times == one["words"]]
    told = [
        f"{path} runs one {one['runs']} times and prints {one['words']} of its lines"
        + (f" ({one['said']!r})" if not one["runs"] else "")
        for path, one in found.items()
    ]
    assert right, "; ".join(told)[:600] + "." if told else "There is no shell script."
    with_shebang = [path for path in right if found[path]["shebang"]]
    assert with_shebang, f"{right[0]} does not say in its first line which shell it is for."
    evidence(with_shebang[0])


@check(
    "A shell script with a shebang runs the Python script",
    points=3,
    scope="exercises",
    requires=["python_script"],
    hint="The first line names the shell (`#!`), with line ends of Unix; the next calls Python with the name of your script.",
)
def test_shell_script(submission, student, rng):
    _with(ran(student, submission, rng), 1)


@check(
    "A shell script runs the Python script ten times, in a loop",
    points=3,
    scope="exercises",
    requires=["python_script"],
    hint="`for` with a range of braces or `seq`, or `while` with a counter: `do` begins the body of a loop, `done` ends it.",
)
def test_loop(submission, student, rng):
    _with(ran(student, submission, rng), _TIMES)
