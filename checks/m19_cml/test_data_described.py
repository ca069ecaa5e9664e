"""M19: the data set and the script that describes it, on data that nobody has seen."""

from grader.suite import StudentFault, check, evidence, shared

from ..common.pictures import is_broken, size
from ..common.python import import_folders
from ._common import CPU_S, WALL_S, classes_of_data, data_sets
from ._hidden_digits import Counted, as_files, described

#: Makes both parts of a data set in one of the usual ways, and takes some of its items.
_ITEMS = r"""
import itertools, os, sys

for folder in reversed(folders):
    sys.path.insert(0, os.path.abspath(folder))
kind = getattr(load(path), name)

def made(part):
    train = part == "train"
    ways = [lambda: kind(place, train=train), lambda: kind(place, part), lambda: kind(tables[part]), lambda: kind(train=train)]
    for way in ways:
        try:
            one = way()
            len(one)
            return one
        except (TypeError, ValueError, OSError, KeyError) as raised:
            problem = raised
    raise problem

def plain(value):
    value = value.tolist() if hasattr(value, "tolist") else value
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else float(value)

result = {}
for part in ("train", "test"):
    one = made(part)
    seen = sum(1 for _ in itertools.islice(iter(one), 2000))
    result[part] = {"length": len(one), "seen": seen, "items": [[plain(each) for each in one[at]] for at in wanted[part]]}
"""


def _telling(rng, rows):
    """The first row, the last one, and three whose neighbours have other labels."""
    alone = [at for at in range(1, len(rows) - 1) if rows[at][0] not in (rows[at - 1][0], rows[at + 1][0])]
    return [0, len(rows) - 1, *rng.sample(alone, 3)]


def _flat(value):
    return [number for one in value for number in _flat(one)] if isinstance(value, list) else [value]


def _is_readable(found, wanted):
    """Whether the snippet's answer has the parts and the items that were asked for."""
    try:
        items = [(found[part]["items"], at) for part, at in wanted.items()]
        return all(
            len(some) == len(at) and all(type(x) is float for item in some for x in _flat(item))
            for some, at in items
        )
    except (TypeError, KeyError, RecursionError):
        return False


def _shows(item, label, pixels):
    """Whether an item is this picture, in any scale and shape, and its label."""
    parts = [_flat(one) for one in item]
    pictures = [one for one in parts if len(one) == len(pixels) and max(one, default=0) > 0]
    if [float(label)] not in parts or not pictures:
        return False
    scale = max(pixels) / max(pictures[0])
    return all(abs(one * scale - pixel) < 0.01 for one, pixel in zip(pictures[0], pixels, strict=True))


@check(
    "The data set has each image and its label, and ends",
    points=1,
    scope="exercises",
    environment="required",
    hint="`len` and an index are all that a data set needs. What belongs to row 3, and what comes behind the last row?",
)
def test_data_set_has_the_data(submission, student, rng):
    classes = classes_of_data(submission)
    assert classes, "No class has both `__len__` and `__getitem__`."
    data = Counted(rng)
    rows = {part: data.rows(rng, part) for part in ("train", "test")}
    for path, text in as_files(submission, rows).items():
        student.write(path, text)
    tables = {part: paths[0] for part, paths in data_sets(submission).items()}
    wanted = {part: _telling(rng, one) for part, one in rows.items()}
    path, name = classes[0]
    found = student.probe(
        _ITEMS,
        path=path,
        name=name,
        folders=import_folders(path),
        place=tables["train"].rpartition("/")[0] or ".",
        tables=tables,
        wanted=wanted,
        cpu_s=CPU_S,
        timeout=WALL_S,
    )
    if not _is_readable(found, wanted):
        raise StudentFault("reply", f"The items of `{name}` cannot be read.")
    evidence(path, None, f"class {name}")
    for part, known in rows.items():
        told = found[part]
        assert told["length"] == len(known), f"`{name}` has another length than the {part} table has rows."
        assert told["seen"] == len(known), (
            f"A loop over `{name}` of the {part} table does not end after its last row."
        )
        fits = [_shows(item, *known[at]) for item, at in zip(told["items"], wanted[part], strict=True)]
        assert all(fits), (
            f"An item of `{name}` is not the image and the label of its row in the {part} table."
        )


@shared
def shown(student, submission, rng):
    """What the script says and draws: of a data set, with another test set, another training set, and the first one shuffled."""
    data, other = Counted(rng), Counted(rng)
    first = {part: data.rows(rng, part) for part in ("train", "test")}
    tests = {**first, "test": data.rows(rng, "test", other.counts["test"])}
    trains = {**first, "train": data.rows(rng, "train", other.counts["train"])}
    shuffled = {part: data.rows(rng, part) for part in first}
    path, found = described(
        student, submission, [as_files(submission, rows) for rows in (first, tests, trains, shuffled)]
    )
    whole = [
        name for name, picture in found[0]["pictures"].items() if size(picture) and not is_broken(picture)
    ]
    digests = [{name: one["digests"].get(name) for name in whole} for one in found]
    return {"path": path, "missing": data.missing(found[0]["text"]), "digests": digests}


@check(
    "The statistics are those of the data",
    points=2,
    scope="exercises",
    environment="required",
    hint="Run the script, then count the rows of both tables by hand. Does each number come from the table that it is said to "
    "come from?",
)
def test_statistics_are_right(submission, student, rng):
    found = shown(student, submission, rng)
    evidence(found["path"])
    assert not found["missing"], (
        f"{found['path']} does not tell, on other data: {'; '.join(found['missing'])}."
    )


@check(
    "Figures show the labels of both parts",
    points=2,
    scope="exercises",
    environment="required",
    hint="A figure of the training set must look different when the training set has other labels, and the same when its rows "
    "stand in another order. The same goes for the test set.",
)
def test_figures_show_the_labels(submission, student, rng):
    found = shown(student, submission, rng)
    evidence(found["path"])
    first, tests, trains, shuffled = found["digests"]
    assert first, f"{found['path']} writes no picture that is whole (PNG)."
    steady = [name for name, digest in first.items() if shuffled[name] == digest]
    assert steady, "Each figure changes with the order of the rows: none shows how often each label is there."
    for part, changed in (("test", tests), ("training", trains)):
        assert any(changed[name] not in (None, first[name]) for name in steady), (
            f"No figure changes when the labels of the {part} set do."
        )
