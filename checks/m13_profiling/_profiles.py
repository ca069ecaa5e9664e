"""M13: tables of the exercise that nobody has seen, what training on them gives, and profiles, ours and the students'."""

import marshal
import re
from itertools import pairwise

KINDS, VALUES = 3, 24
#: The calls that the exercise's program makes an epoch and a row, of which a fourth are the training's own.
CALLS = 36

#: The epochs of the runs that are counted.
EPOCHS = 2, 6
#: A function that is called so often is no start of a program.
_OFTEN = 20

#: Counts each call of a script, and of the functions in the students' files those by name.
COUNT = r"""
import contextlib, io, os, runpy, sys

for place in reversed(imports_in):
    sys.path.insert(0, os.path.abspath(place))
top, total, own = os.getcwd() + os.sep, [0], {}

def count(frame, event, argument):
    if event == "call":
        total[0] += 1
        code = frame.f_code
        near = not os.path.isabs(code.co_filename) and not code.co_filename.startswith("<")
        if near or code.co_filename.startswith(top):
            key = os.path.basename(code.co_filename) + " " + code.co_name
            own[key] = own.get(key, 0) + 1
    elif event == "c_call":
        total[0] += 1

out, code, usual = io.StringIO(), 0, sys.argv
sys.argv = argv
try:
    with contextlib.redirect_stdout(out):
        sys.setprofile(count)
        try:
            runpy.run_path(argv[0], run_name="__main__")
        finally:
            sys.setprofile(None)
except SystemExit as end:
    code = end.code or 0
sys.argv = usual
result = {"code": str(code), "calls": total[0], "own": own, "printed": out.getvalue()[:60_000]}
"""

#: The functions of dumps with their calls, by file and name.
READ = r"""
import marshal, os

result = {}
for path in paths:
    try:
        with open(path, "rb") as file:
            stats = marshal.loads(file.read(20_000_000))
        found = {}
        for (where, line, name), numbers in stats.items():
            key = os.path.basename(where) + " " + name
            found[key] = found.get(key, 0) + int(numbers[1])
        result[path] = found
    except Exception:
        pass  # The file may be anything: what is no profile has no counts.
"""

_ROW = re.compile(
    r"^\s*(\d+)(?:/\d+)?\s+(\d+\.\d+)\s+\d+\.\d+\s+(\d+\.\d+)\s+\d+\.\d+\s+(\S.*)$", re.MULTILINE
)
_PLACE = re.compile(r"([^/\\:]+):\d+\((.+)\)$")


def table(rng):
    """A table of the exercise that nobody has seen: its text, and its rows as labels and values."""
    means = [[rng.randrange(0, 31) for _ in range(VALUES)] for _ in range(KINDS)]
    kinds = [rng.randrange(KINDS) for _ in range(rng.randrange(60, 90))]
    # Rows with another kind's label, the last among them, are mistakes in each epoch: a part of the table makes fewer.
    odd = {len(kinds) - 1, *rng.sample(range(len(kinds)), len(kinds) // 8)}
    rows = [
        (
            (kind + 1) % KINDS if at in odd else kind,
            [max(0, min(60, 2 * mean + rng.randint(-30, 30))) for mean in means[kind]],
        )
        for at, kind in enumerate(kinds)
    ]
    text = "".join(f"{label},{' '.join(map(str, values))}\n" for label, values in rows)
    return f"label,values\n{text}", rows


def mistakes(rows, epochs):
    """The mistakes of each epoch of the exercise's perceptron."""
    weights = [[0] * VALUES for _ in range(KINDS)]
    found = []
    for _ in range(epochs):
        wrong = 0
        for label, raw in rows:
            values = [value - 30 for value in raw]
            answers = [sum(w * v for w, v in zip(row, values, strict=True)) for row in weights]
            guessed = answers.index(max(answers))
            if guessed != label:
                wrong += 1
                for at, value in enumerate(values):
                    weights[label][at] += value
                    weights[guessed][at] -= value
        found.append(wrong)
    return found


def hidden_dump(rng):
    """A dump of a program that nobody has: its bytes, and its functions with their calls, the hottest first."""
    # By name and by number of calls the hottest is the last.
    names = sorted({f"part_{rng.randrange(10**6):06d}" for _ in range(6)}, reverse=True)
    times = sorted((round(rng.uniform(1, 90), 3) for _ in names), reverse=True)
    calls = sorted(rng.randrange(3, 9000) for _ in names)
    stats = {
        ("/srv/hidden.py", 10 + at, name): (count, count, time * 0.9, time, {})
        for at, (name, count, time) in enumerate(zip(names, calls, times, strict=True))
    }
    order = sorted(stats, key=lambda key: key[2])
    return marshal.dumps({key: stats[key] for key in order}), list(zip(names, calls, strict=True))


def printed_rows(text):
    """The rows of profiles in a text, in order: calls, own time, time, file and function."""
    found = []
    for calls, own, whole, place in _ROW.findall(text[:200_000]):
        at = _PLACE.search(place)
        if at:
            found.append((int(calls), float(own), float(whole), at.group(1), at.group(2)))
    return found


def is_sorted(rows):
    """Whether rows of a profile come with the most time first, own or whole."""
    return any(all(a[at] >= b[at] for a, b in pairwise(rows)) for at in (1, 2))


def calls_fit(counts, runs, *, whole=True):
    """Whether counts are those of a training, for one number of epochs, which nobody has to know.

    What is called more often the more epochs there are decides; of a table that was cut off, what is there.
    """
    if isinstance(runs, str):
        return False
    few, many = (run["own"] for run in runs)
    lines = {}
    for key, count in many.items():
        by, rest = divmod(count - few.get(key, 0), EPOCHS[1] - EPOCHS[0])
        # What follows from mistakes grows in no line; a file may have several functions of a name such as `<listcomp>`.
        if count >= _OFTEN and by and not rest and " <" not in key:
            lines[key] = (few.get(key, 0) - EPOCHS[0] * by, by)
    told = {key: (counts[key] - start) / by for key, (start, by) in lines.items() if key in counts}
    epochs = set(told.values())
    return (
        len(epochs) == 1
        and max(epochs) >= 1
        and max(epochs) == int(max(epochs))
        and (not whole or len(told) == len(lines))
    )
