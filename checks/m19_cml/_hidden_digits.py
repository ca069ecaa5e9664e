"""M19: tables of digits that nobody has seen, models that are right on a known share of them, and who describes them."""

import os

from grader.suite import StudentFault

from ..common.label_tables import as_csv, like
from ..common.python import import_folders
from ._common import CPU_S, WALL_S, are_in_order, data_sets, home_of, numbers, statistics_scripts
from ._registry import model_file

LABELS = 10
_SIDES = (5, 6, 7)
#: How often the digits of a pair are in the test and in the training set, of a hundred.
_PAIRS = {"good": (3, 3), "bad": (17, 17), "good on test": (3, 18), "bad on test": (18, 3), "others": (9, 9)}

#: Runs a script on one data set after the other: what it prints, and the pictures that it draws.
DESCRIBE = r"""
import contextlib, hashlib, io, os, pathlib, runpy, sys

for folder in reversed(folders):
    sys.path.insert(0, os.path.abspath(folder))
os.environ["MPLBACKEND"] = "Agg"
top, known, result = os.getcwd(), set(sys.modules), []
own = top + os.sep
os.chdir(home)

def pictures():
    return sorted(one for one in pathlib.Path(".").rglob("*") if one.is_file() and one.suffix.lower() in endings)

for number, files in enumerate(sets):
    for path, text in files.items():
        path = os.path.join(top, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        pathlib.Path(path).write_text(text)
    for one in pictures():
        one.unlink()
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(own):
            del sys.modules[name]
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
    sys.argv, printed = list(argv), io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            runpy.run_path(argv[0], run_name="__main__")
        except SystemExit as end:
            if end.code not in (None, 0):
                raise RuntimeError(f"it ends with exit code {str(end.code)[:200]}") from None
    drawn = {one.as_posix(): one.read_bytes() for one in pictures()[:8]}
    result.append({
        "text": printed.getvalue()[:20000],
        "digests": {path: hashlib.sha256(data).hexdigest() for path, data in drawn.items()},
        "pictures": {path: data for path, data in drawn.items() if number == 0 and len(data) < 90000},
    })
"""


class Counted:
    """A data set to describe: how often each label is in each part, no number twice, and how many pixels a picture has."""

    def __init__(self, rng):
        self.side = rng.choice(_SIDES)
        self.pixels = self.side**2
        known = [number for number in range(11, 61) if number != self.pixels]
        while True:
            drawn = rng.sample(known, 2 * LABELS)
            self.counts = {"train": drawn[:LABELS], "test": drawn[LABELS:]}
            if sum(drawn[:LABELS]) != sum(drawn[LABELS:]):
                break

    def rows(self, rng, part, counts=None):
        """The rows of a part, in no order."""
        labels = [label for label, count in enumerate(counts or self.counts[part]) for _ in range(count)]
        rng.shuffle(labels)
        return [(label, [rng.randrange(16) for _ in range(self.pixels)]) for label in labels]

    def missing(self, text):
        """What a report does not say, in words."""
        found = numbers(text)
        wrong = []
        for part, counts in self.counts.items():
            if sum(counts) not in found:
                wrong.append(f"how many images the {part} set has")
            if not are_in_order(counts, found):
                wrong.append(f"how often each label is in the {part} set, in the order of the labels")
        if self.pixels not in found and not are_in_order([self.side, self.side], found):
            wrong.append("how many pixels an image has")
        return wrong


def as_files(submission, rows):
    """The tables of a data set, by the paths that they have in the repository."""
    return {path: as_csv(rows[part]) for part, paths in data_sets(submission).items() for path in paths}


def described(student, submission, sets):
    """What the statistics script prints and draws of each data set, as the snippet tells it; and its path."""
    paths = statistics_scripts(submission)
    assert paths, "No script describes the data: none has `statistics` in its name, and no workflow runs one."
    path = paths[0]
    programs = [one for one in submission.programs() if one.path == path]
    takes = not programs or any(one.positionals or one.framework == "plain" for one in programs)
    # A repository of exercises may have the tables of others.
    nearest = max(data_sets(submission)["train"], key=lambda one: len(os.path.commonpath([one, path])))
    home = home_of(submission, path)
    folder = os.path.relpath(nearest.rpartition("/")[0] or ".", home).replace(os.sep, "/")
    found = student.probe(
        DESCRIBE,
        home=home,
        argv=[os.path.relpath(path, home), *([folder] if takes else [])],
        folders=import_folders(path),
        sets=sets,
        endings=[".png", ".jpg", ".jpeg", ".webp"],
        cpu_s=CPU_S,
        timeout=WALL_S,
    )
    if not isinstance(found, list) or len(found) != len(sets) or not all(map(_is_readable, found)):
        raise StudentFault("reply", f"What {path} does cannot be read.")
    return path, found


def _is_readable(one):
    if not isinstance(one, dict) or not isinstance(one.get("text"), str):
        return False
    digests, pictures = one.get("digests"), one.get("pictures")
    return (
        isinstance(digests, dict)
        and isinstance(pictures, dict)
        and all(isinstance(value, bytes) for value in pictures.values())
    )


class Judged:
    """Two tables and four models: two are right on nine of ten images of the test set, two on two of three.

    A model takes the digits of one pair for each other. The first two are as good on the training set as on the test set, the
    other two are not. At the top and at the end of the tables there is no image that a bad model takes for another.
    """

    def __init__(self, rng):
        kinds = _different(rng, rng.choice(_SIDES) ** 2)
        digits = rng.sample(range(LABELS), LABELS)
        pairs = dict(zip(_PAIRS, zip(digits[::2], digits[1::2], strict=True), strict=True))
        self.rows, self.models = {}, {}
        for place, part in enumerate(("test", "train")):
            easy = [
                digit
                for kind in ("good", "good on test", "others")
                for digit in pairs[kind]
                for _ in range(_PAIRS[kind][place])
            ]
            hard = [
                digit
                for kind in ("bad", "bad on test")
                for digit in pairs[kind]
                for _ in range(_PAIRS[kind][place])
            ]
            rng.shuffle(easy)
            half = len(easy) // 2
            middle = [*hard, *easy[half + 5 : -5]]
            rng.shuffle(middle)
            labels = [*easy[: half + 5], *middle, *easy[-5:]]
            self.rows[part] = [(label, like(rng, kinds[label])) for label in labels]
        for kind in list(_PAIRS)[:4]:
            first, second = pairs[kind]
            shown = dict(enumerate(kinds)) | {first: kinds[second], second: kinds[first]}
            self.models[kind] = model_file([shown[label] for label in range(LABELS)])


def _different(rng, pixels):
    """A picture for each digit, dark and bright, each unlike the others in a fifth of its pixels or more."""
    found = []
    while len(found) < LABELS:
        one = [rng.choice((1, 12)) for _ in range(pixels)]
        if all(sum(a != b for a, b in zip(one, other, strict=True)) >= pixels // 5 for other in found):
            found.append(one)
    return found
