"""M3: a notebook that became a script, run on a table that nobody has seen; and what of an editor's settings is committed."""

import re
import statistics

from grader.suite import StudentFault, check, evidence, shared

from ._common import CPU_S, WALL_S, numbers_in, table_scripts

#: The columns of the exercise's table. Who has none of these has a notebook of their own.
_COLUMNS = ("station", "day", "celsius")
_TRIALS = 2
#: Numbers of a script that count nothing: a year, a number of a station, seconds.
_MORE = 12
#: Two decimals are enough.
_NEAR = 0.0051
_MOST_BYTES = 500_000
_CELL = re.compile(r"(?<=[,;\t\n])(-?\d+\.\d+|\d+)(?=[,;\t\r\n])")

#: The code of a notebook as its cells run: the value of a cell's last line is shown, and magics are left out.
_SHOWN = r"""
import ast, contextlib, io, os

os.chdir(cwd)
space, out = {"__name__": "__main__"}, io.StringIO()
with contextlib.redirect_stdout(out):
    for source in cells:
        tree = ast.parse(source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), space)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), space) if last else None
        if value is not None:
            print(value)
result = out.getvalue()[:20_000]
"""


def _tables(submission):
    """The paths of tables with the exercise's columns."""
    found = []
    for path in submission.files("**/*.csv", "*.csv"):
        head = submission.text(path)[:200].lower()
        if all(name in head for name in _COLUMNS):
            found.append(path)
    return found


def _measurements(rng):
    """A table of the exercise that nobody has seen: its text, and the numbers and words that its script has to print."""
    names = sorted({f"St{rng.randrange(36**5):05x}".replace("e", "q") for _ in range(rng.randrange(3, 6))})
    rows = [
        (name, day, round(rng.gauss(mean, 5), 1))
        for name, mean in [(name, rng.uniform(-10, 15)) for name in names]
        for day in range(1, rng.randrange(9, 17))
    ]
    rows.append((rng.choice(names), 17, round(max(one[2] for one in rows) + rng.uniform(1, 4), 1)))
    rng.shuffle(rows)
    warmest = max(rows, key=lambda one: one[2])
    numbers = [len(rows), statistics.mean(one[2] for one in rows), warmest[2]]
    numbers += [statistics.mean(one[2] for one in rows if one[0] == name) for name in names]
    text = "station,day,celsius\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows)
    return text, numbers, [warmest[0], *names]


_WHAT = (
    "how many measurements there are",
    "their mean",
    "the warmest",
    "the mean of each station, in order of their names,",
)


def _missing(printed, numbers, words):
    """What of the numbers a script does not print, in their order; empty if all are there, and little else."""
    found, at = numbers_in(_without(printed, words)), 0
    for number, wanted in enumerate(numbers):
        while at < len(found) and abs(found[at] - wanted) > _NEAR:
            at += 1
        if at == len(found):
            return f"{_WHAT[min(number, 3)]} is not printed"
        at += 1
    if len(found) > len(numbers) + _MORE:
        return "much else is printed beside the numbers"
    if not all(word in printed for word in words):
        return "a station is not named"
    return (
        "" if _names(printed, words[0], numbers[2], words) else "the station of the warmest is not beside it"
    )


def _names(printed, word, wanted, words):
    """Whether a word stands in the line of a number, or in one beside it that has no number."""
    lines = [(line, numbers_in(_without(line, words))) for line in printed.splitlines()]
    for at, (line, numbers) in enumerate(lines):
        if any(abs(one - wanted) <= _NEAR for one in numbers):
            beside = [other for other, more in lines[max(at - 1, 0) : at + 2] if not more]
            if any(word in one for one in [line, *beside]):
                return True
    return False


def _without(printed, words):
    """What is printed, without the names of hidden stations, which have digits in them."""
    for word in words:
        printed = printed.replace(word, " here ")
    return printed


def _runs(student, path):
    """The runs of a script that end well, from the folder of the repository and from its own; StudentFault if none does."""
    folder, _, name = path.rpartition("/")
    ways = dict.fromkeys([(".", path), (folder or ".", name)])
    done = [student.run(["python", one], cwd=cwd, timeout=WALL_S, cpu_s=CPU_S) for cwd, one in ways]
    good = [one for one in done if not one.returncode]
    return good or [done[-1].succeeded()]


@shared
def converted(student, submission, rng):
    """What became of the script on hidden tables: how far it came, and what is missing."""
    scripts = table_scripts(submission)
    assert scripts, "No Python script has the name of a notebook, or reads a table (.csv)."
    tables = _tables(submission)
    trials = [_measurements(rng) for _ in range(_TRIALS)] if tables else []
    cells = {
        book.path: [_without_magics(cell.source) for cell in book.code_cells]
        for book in submission.notebooks()
    }
    # A script does without its notebook: it neither runs its cells nor shows its outputs.
    for path in submission.files("*.ipynb", "**/*.ipynb"):
        student.write(path, "{}")
    best, fault = {}, None
    for path in scripts:
        try:
            why = (
                _of_the_exercise(student, path, tables, trials)
                if tables
                else _of_another(student, submission, path, cells, rng)
            )
        except StudentFault as problem:
            fault = fault or problem
            continue
        best = best or {"script": path, "why": why}
        if not why:
            return {"script": path, "why": ""}
    if not best:
        raise fault
    return best


def _of_the_exercise(student, path, tables, trials):
    """What a script does not print of hidden tables; empty if all is there. Raises StudentFault where it does not run."""
    for text, numbers, words in trials:
        for table in tables:
            student.write(table, text)
        missed = ""
        for done in _runs(student, path):
            missed = _missing(done.stdout, numbers, words)
            if not missed:
                break
        if missed:
            return missed
    return ""


def _of_another(student, submission, path, cells, rng):
    """A notebook of the students' own: its code and the script print the same, of tables whose numbers are others."""
    name = path.rpartition("/")[2].removesuffix(".py")
    books = [book for book in cells if book.rpartition("/")[2] == f"{name}.ipynb"]
    tables = [one for one in submission.files("*.csv", "**/*.csv") if len(submission.text(one)) < _MOST_BYTES]
    if not books or not tables:
        return "there is no table of the exercise, and no notebook of that name with another table"
    shown = []
    for _ in range(_TRIALS):
        for table in tables:
            student.write(table, _CELL.sub(lambda found: _other(found.group(), rng), submission.text(table)))
        folder = books[0].rpartition("/")[0] or "."
        found = student.probe(_SHOWN, cells=cells[books[0]], cwd=folder, cpu_s=CPU_S, timeout=WALL_S)
        wanted = numbers_in(str(found))
        shown.append(wanted)
        if wanted not in [numbers_in(done.stdout) for done in _runs(student, path)]:
            return "it prints other numbers than the notebook's code"
    return "what it prints does not follow from the numbers of the table" if shown[0] == shown[1] else ""


def _without_magics(source):
    """A cell as Python: what is timed stays, other lines of Jupyter's go."""
    timed = re.sub(r"^[ \t]*%%?time(?:it)?\b[ \t]*", "", source, flags=re.MULTILINE)
    return re.sub(r"^[ \t]*[%!].*", "", timed, flags=re.MULTILINE)


def _other(number, rng):
    whole = "." not in number
    return str(rng.randrange(1, 60)) if whole else f"{float(number) * rng.uniform(0.5, 2):.2f}"


@check(
    "The script that was a notebook prints what the notebook computes, of a table that nobody has seen",
    points=6,
    scope="exercises",
    environment="required",
    hint="What the notebook shows without `print` a script keeps to itself; a line that begins with `%` is Jupyter's, but what "
    "stands behind it may be needed. Restart the kernel and run all cells: that is what your script has to do.",
)
def test_notebook_script(submission, student, rng):
    found = converted(student, submission, rng)
    evidence(found["script"])
    assert not found["why"], (
        f"With other numbers in the table, {found['script']} is not right: {found['why']}."
    )


#: A folder that only one machine has: of a user, a drive, a share.
_OF_ONE_MACHINE = re.compile(
    r"^(?:file://)?(?:[A-Za-z]:[\\/]|\\\\|/[A-Za-z]:/|~[\\/]|/(?:Users|home|mnt|root|opt|Applications|Library|Volumes|zhome|work\d?)/)"
)


def _texts(data):
    """All keys and texts of a file of settings."""
    if isinstance(data, dict):
        return [*data, *(text for one in data.values() for text in _texts(one))]
    if isinstance(data, list):
        return [text for one in data for text in _texts(one)]
    return [data] if isinstance(data, str) else []


@check(
    "Settings of an editor that are in the repository can be read, and name no folder of one machine",
    points=1,
    scope="exercises",
    required=False,
    requires=["network"],
    hint="`${workspaceFolder}` in `.vscode/settings.json` and `launch.json` is the folder that is open, on every machine.",
)
def test_settings(submission):
    for path in [one for one in submission.all_files if re.search(r"(?:^|/)\.vscode/[^/]+\.json$", one)][:20]:
        data = submission.json(path)
        named = [text for text in _texts(data) if _OF_ONE_MACHINE.match(text.strip())]
        assert not named, f"{path} names a folder of one machine: {named[0][:80]!r}."
        evidence(path)
