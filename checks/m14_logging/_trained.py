"""M14: a training of the students, with the tracker's stand-in and data of the check; and what it told the tracker."""

from grader.suite import StudentFault

from ..common.digit_data import WRITE, committed_files, course_sets, folders_read_by
from ..common.label_tables import as_csv, label_tables
from ..common.python import import_folders
from ._common import CPU_S, WALL_S, own_code
from ._tracker import TRAINED, table

_ROWS = 70


def put_data(student, submission, rng):
    """Put data of the check in the place of the exercise's table, or of the course's corrupted MNIST; the rows of the table."""
    rows = table(rng, _ROWS)
    tables = label_tables(submission)
    for path in tables:
        student.write(path, as_csv(rows))
    if not tables and any(file.imports_module("torch") for file in own_code(submission)):
        sets = course_sets(rng, 20, 30, 120)
        folders = ["data/processed", *(one for file in own_code(submission) for one in folders_read_by(file))]
        old = committed_files(submission)
        student.probe(WRITE, sets=sets, folders=list(dict.fromkeys(folders))[:40], old=old, cpu_s=CPU_S)
    return rows if tables else []


def train(student, submission, path, argv):
    """One run of a script: the values that it called `backward` on."""
    found = student.probe(
        TRAINED,
        argv=[path, *argv],
        folders=import_folders(path),
        uses_torch=any(file.imports_module("torch") for file in own_code(submission)),
        cpu_s=CPU_S,
        timeout=WALL_S,
    )
    losses = found.get("losses") if isinstance(found, dict) else None
    if not isinstance(losses, list) or not all(type(one) is float for one in losses):
        raise StudentFault("reply", f"What {path} computes cannot be read.")
    code, said = str(found.get("code")), " ".join(str(found.get("said")).split())
    assert code == "0", f"`python {' '.join([path, *argv])}` ends with exit code {code[:80]}: {said[-300:]}"
    return losses


def told(student):
    """What the tracker was told in all runs so far, as far as it can be read."""
    return [one for one in student.records() if _is_readable(one)]


def _is_readable(one):
    shapes = {"config": "config", "log": "values", "artifact": "files"}
    kind = one.get("call")
    return kind in shapes and isinstance(one.get(shapes[kind]), list if kind == "artifact" else dict)


def series(records):
    """The numbers that were logged by each name, in order."""
    found = {}
    for one in records:
        for name, value in one["values"].items() if one["call"] == "log" else ():
            if type(value) in (int, float):
                found.setdefault(name, []).append(float(value))
    return found


def near(one, other):
    """Whether a number that the tracker was told is the one that was asked for."""
    return abs(one - other) <= 1e-6 * max(1.0, abs(other))


def settings(records):
    """The numbers of all configurations, and the project of the run."""
    known = [one for one in records if one["call"] == "config"]
    numbers = [value for one in known for value in one["config"].values() if type(value) in (int, float)]
    return numbers, next((one["project"] for one in known if one.get("project")), "")
