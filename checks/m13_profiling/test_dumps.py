"""M13: a program is profiled on data that nobody has seen: what the dump counts, what is printed of it, and what was mended."""

import ast
import re

from grader.suite import StudentFault, check, evidence, measure, shared

from ..common.python import import_folders
from ._common import CPU_S, WALL_S, dump_commands, dump_scripts, printing_scripts, programs
from ._profiles import (
    CALLS,
    COUNT,
    EPOCHS,
    READ,
    calls_fit,
    hidden_dump,
    is_sorted,
    mistakes,
    printed_rows,
    table,
)

_MISTAKES = re.compile(r"(\d+)\s+mistakes?\b")
#: Files that a script may name beside a dump.
_NO_DUMPS = (".py", ".csv", ".md", ".toml", ".yaml", "requirements.txt")
_PATH = re.compile(r"[\w./-]{2,80}")
#: An epoch of the mended program makes no more than this share of the calls of the exercise's.
_SHARE = 0.4


def _put_table(student, submission, text):
    """Put a table of the check in the place of the exercise's; whether there is one."""
    paths = [one for one in submission.files("**/*.csv") if submission.text(one).startswith("label,values")]
    for path in paths:
        student.write(path, text)
    return bool(paths)


@shared
def counted(student, submission, rng):
    """What the students' programs call and print on a table that nobody has seen, for few epochs and for more."""
    text, rows = table(rng)
    assert _put_table(student, submission, text), (
        "There is no table of echoes: `echoes.csv`, which `grader start M13` brings, has to stay as it is."
    )
    runs = {}
    for path, option in programs(submission)[:3]:
        try:
            runs[path] = [_counted(student, [path, *option, str(epochs)]) for epochs in EPOCHS]
        except StudentFault as fault:
            runs[path] = str(fault)
    right = [mistakes(rows, epochs) for epochs in EPOCHS]
    return {"text": text, "rows": len(rows), "mistakes": right, "runs": runs}


def _counted(student, argv):
    """A run of a program with each of its calls counted."""
    found = student.probe(COUNT, argv=argv, imports_in=import_folders(argv[0]), cpu_s=CPU_S, timeout=WALL_S)
    fits = isinstance(found, dict) and type(found.get("calls")) is int and isinstance(found.get("own"), dict)
    if not fits or not all(type(one) is int for one in found["own"].values()):
        raise StudentFault("reply", f"What {argv[0]} calls cannot be read.")
    if found.get("code") != "0":
        raise StudentFault("raised", f"`python {' '.join(argv)}` ends with exit code {found.get('code')}.")
    shown = [int(one) for one in _MISTAKES.findall(str(found.get("printed")))]
    return {"calls": found["calls"], "own": found["own"], "mistakes": shown}


@shared
def dumped(student, submission, rng):
    """What the students' profiling dumps and prints of the same table."""
    commands, scripts = dump_commands(submission), dump_scripts(submission)
    assert commands or scripts, "No command and no script profiles by cProfile, and keeps what it measured."
    _put_table(student, submission, counted(student, submission, rng)["text"])
    if commands:
        words, path, command = commands[0]
        where = command.path
        if "/" in path and "mkdir" in submission.text(where):
            student.write(f"{path.rpartition('/')[0]}/kept", "")
    else:
        where = scripts[0].path
        words = [where]
    done = student.run(["python", *words], changes=True, cpu_s=CPU_S, timeout=WALL_S).succeeded()
    found = student.probe(READ, paths=[one for one in done.changed if not one.endswith(".pyc")][:40])
    fits = isinstance(found, dict) and all(
        isinstance(one, dict) and all(type(count) is int for count in one.values()) for one in found.values()
    )
    if not fits:
        raise StudentFault("reply", "What the profile says cannot be read.")
    names = {path.rpartition("/")[2] for path in submission.files("**/*.py", "*.py")}
    dumps = {
        path: {key: count for key, count in one.items() if key.partition(" ")[0] in names}
        for path, one in found.items()
    }
    return {"where": where, "dumps": dumps, "printed": done.output[:60_000]}


@check(
    "Profiling leaves a dump that counts each call of the program",
    points=3,
    scope="exercises",
    environment="required",
    hint="Is the folder of the dump there when somebody else runs your command? The dump is for `pstats`, no text.",
)
def test_dump(submission, student, rng):
    found = dumped(student, submission, rng)
    evidence(found["where"])
    assert found["dumps"], f"What {found['where']} runs leaves no dump that `pstats` loads."
    path, counts = max(found["dumps"].items(), key=lambda one: len(one[1]))
    assert counts, f"{path} has no function of yours: what was profiled?"
    runs = counted(student, submission, rng)["runs"].values()
    assert any(calls_fit(one, run) for one in found["dumps"].values() for run in runs), (
        f"{path} does not have the calls that the program makes on this table, for any number of epochs."
    )


@check(
    "A script prints the profile, with what takes most time first",
    points=3,
    scope="exercises",
    environment="required",
    hint="In which order are the rows when nobody sorts them? `pstats` knows several orders; which one leads to the slow part?",
)
def test_printed(submission, student, rng):
    scripts = printing_scripts(submission)
    assert scripts, "No script of yours prints a profile."
    data, functions = hidden_dump(rng)
    told = ""
    for file in scripts[:3]:
        paths = _read_by(submission, file)
        for path in paths:
            student.write(path, data)
        done = student.run(["python", file.path], cpu_s=CPU_S, timeout=WALL_S)
        if done.returncode and paths:
            done = student.run(["python", file.path, paths[0]], cpu_s=CPU_S, timeout=WALL_S)
        why = _unlike(file.path, done, functions)
        if why and file in dump_scripts(submission):
            runs = counted(student, submission, rng)["runs"]
            why = _unlike_own(file.path, dumped(student, submission, rng)["printed"], runs)
        if not why:
            evidence(file.path)
            return
        told = told or why
    raise AssertionError(told)


def _read_by(submission, file):
    """The paths of the dump that a script may read: what it names, and what the commands dump."""
    texts = [
        node.value
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _PATH.fullmatch(node.value)
    ]
    files = [one for one in texts if "." in one.rpartition("/")[2]]
    folders = [one for one in texts if "." not in one]
    named = [path for _, path, _ in dump_commands(submission)] + files
    named += [f"{folder}/{one}" for folder in folders for one in files if "/" not in one]
    safe = [one for one in named if not one.startswith(("/", "..")) and not one.endswith(_NO_DUMPS)]
    return list(dict.fromkeys(safe))[:20]


def _unlike(path, done, functions):
    """What is wrong with what a script prints of a hidden dump; empty if nothing is."""
    rows = printed_rows(done.output)
    if done.returncode:
        return f"{path} does not get through a dump of another program: {done.output[-300:]}"
    shown = [row for row in rows if row[3] == "hidden.py"]
    if not shown:
        return f"{path} does not print what the dump says."
    if [(row[4], row[0]) for row in shown[:3]] != functions[:3] or not is_sorted(rows):
        return f"{path} does not print first what takes most time: `{shown[0][4]}` took {shown[0][2]} s."
    return ""


def _unlike_own(path, printed, runs):
    """What is wrong with what a script prints that profiles by itself; empty if nothing is."""
    rows = printed_rows(printed)
    counts = {f"{row[3]} {row[4]}": row[0] for row in rows}
    right = any(calls_fit(counts, run, whole=False) for run in runs.values()) and is_sorted(rows)
    return "" if right else f"{path} does not print its profile with the slowest first."


@check(
    "The program computes what it did, with far fewer calls an epoch",
    points=5,
    scope="exercises",
    environment="required",
    hint="Which function of the profile is called most, how often for one row of the table, and does its result ever "
    "change?",
)
def test_fewer_calls(submission, student, rng):
    found = counted(student, submission, rng)
    assert found["runs"], "No program of yours trains on the table, and prints its mistakes."
    told = ""
    for path, run in found["runs"].items():
        why, share = "", 0.0
        if isinstance(run, str):
            why = f"{path} does not run on another table: {run}"
        elif [one["mistakes"] for one in run] != found["mistakes"]:
            why = f"On another table {path} does not make the mistakes that it made before."
        else:
            share = (run[1]["calls"] - run[0]["calls"]) / (EPOCHS[1] - EPOCHS[0]) / found["rows"] / CALLS
            measure("calls_share", round(share, 2))
        if share > _SHARE:
            why = f"An epoch of {path} still makes {share:.0%} of the calls that it made."
        if not why:
            evidence(path)
            return
        told = told or why
    raise AssertionError(told)
