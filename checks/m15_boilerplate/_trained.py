"""M15: one training by the students' script on pictures of the check, and what their model was asked then; as data."""

import math

from grader.suite import Array, StudentFault, shared

from ..common.digit_data import WRITE, committed_files, course_sets, folders_read_by
from ..common.label_tables import as_csv, label_tables, like
from ._common import CPU_S, WALL_S, flavours, how_to_start, modules, own_code, scripts
from ._probe import ASK, RUN

CLASSES = 10
#: Sizes of hidden batches, of which each begins as the others do.
COUNTS = (1, 7, 33)
#: What a model takes where no training shows it: pictures of the exercise and of the course, flat or not.
_SHAPES = ((1, 28, 28), (784,), (28, 28), (1, 8, 8), (64,), (8, 8), (3, 32, 32))
_PIXELS, _ROWS = 64, 320
#: Pictures of a hidden batch; how often one batch is fitted again and again.
BATCH, STEPS = 64, 40
#: The least correlation of pictures with those without noise.
_LIKE = 0.6

#: A stand-in for the tracker, which needs an account: it takes everything and keeps nothing.
_WANDB = """
class _Any:
    def __call__(self, *given, **named):
        return self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

_any = _Any()

def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _any
"""


def table(rng):
    """A table of the exercise that nobody has seen, and the picture without noise of each label."""
    kinds = [[rng.choice((1, 12)) for _ in range(_PIXELS)] for _ in range(CLASSES)]
    shown = [number % CLASSES for number in range(_ROWS + rng.randrange(60))]
    rng.shuffle(shown)
    return as_csv([(label, like(rng, kinds[label])) for label in shown]), kinds


def shifts(rng, right, count=BATCH):
    """How far each label of a hidden batch is from the model's answer: so many not at all, most in the first half."""
    found = [0] * right + [rng.randrange(1, CLASSES) for _ in range(count - right)]
    apart = min(right, count - right) // 3
    rng.shuffle(found)
    while 2 * found[: count // 2].count(0) - right < apart:
        rng.shuffle(found)
    return found


@shared
def trained(student, submission, rng):
    """What the script's training left and told, and what the model answered; an answer that is text says why there is none."""
    files, classes = scripts(submission), [file.path for file in modules(submission)]
    start = files[0] if files else None
    path = start.path if start else ""
    words, folders, package = how_to_start(submission, start) if start else ([], ["."], "")
    folders = [*folders, *(one.rpartition("/")[0] for one in classes), "src"]
    tables, kinds = _put_tables(student, submission, rng)
    if any(file.imports_module("wandb") for file in own_code(submission)):
        student.stub("wandb", _WANDB)
    beside = path.rpartition("/")[0]
    near = beside and any(one.startswith(f"{beside}/") for one in tables)
    rights = [3 * BATCH - rng.randrange(20, 60), rng.randrange(60, 100)]
    # Of one batch none, some and all of the labels are others, those of some among those of all.
    wrong = shifts(rng, 0)
    kept = set(rng.sample(range(BATCH), BATCH // 2 + rng.randrange(-3, 4)))
    some = [0 if at in kept else one for at, one in enumerate(wrong)]
    found = student.probe(
        WRITE + RUN + ASK,
        script=path,
        words=words,
        package=package,
        cwds=list(dict.fromkeys([beside, ""] if near else ["", beside])),
        imports_in=list(dict.fromkeys(one or "." for one in folders)),
        classes_in=classes,
        flavours=flavours(submission),
        seed=rng.randrange(10**6),
        shapes=_SHAPES,
        counts=COUNTS,
        batches_of=[[[0] * BATCH, 1], [some, 1], [wrong, 1], [shifts(rng, 0), STEPS]],
        validations=[
            [shifts(rng, right // 3 + (number < right % 3)) for number in range(3)] for right in rights
        ],
        **_digits(submission, rng, tables),
        cpu_s=CPU_S,
        timeout=WALL_S,
    )
    told = _readable(found)
    for one in told["checkpoints"]:
        one["ours"] = _shows(one.pop("rows"), kinds) if tables else True
    return {
        **told,
        "script": path,
        "classes": classes,
        "shares": [right / (3 * BATCH) for right in rights],
    }


def _put_tables(student, submission, rng):
    """Put a table of the check in the place of the exercise's; the paths of those, and what their pictures show."""
    text, kinds = table(rng)
    paths = label_tables(submission)
    for path in paths:
        student.write(path, text)
    return paths, kinds


def _digits(submission, rng, tables):
    """The inputs of WRITE: the course's corrupted MNIST where there is no table, and files that a run has to make itself."""
    made = [one for one in submission.all_files if one.endswith(".ckpt")][:100]
    if tables:
        return {"sets": [], "folders": [], "old": made}
    files = own_code(submission)
    folders = [
        "data/processed",
        "data/preprocessed",
        *(one for file in files for one in folders_read_by(file)),
    ]
    return {
        "sets": course_sets(rng, 100, 100, 600),
        "folders": list(dict.fromkeys(folders))[:30],
        "old": [*committed_files(submission), *made],
    }


def _readable(found):
    """The reply in its form; raises StudentFault where it has none, since the students' code ran beside the snippet."""
    fits = isinstance(found, dict) and type(found.get("fits")) is int
    told = {**_NOTHING, **found} if fits else {}
    fits = (
        fits
        and all(isinstance(told[name], list) for name in _NOTHING if name not in ("error", "scores"))
        and all(_is_step(one) for one in told["losses"])
        and all(_is_metrics(one) for one in told["logged"])
        and all(_is_texts(one) for one in (told["limits"], told["logger"], *told["callbacks"]))
        and all(_is_checkpoint(one) for one in told["checkpoints"])
        and all(isinstance(one, str) or _is_fit(one) for one in told["fitted"])
        and all(isinstance(one, str) or _is_metrics(one) for one in told["validated"])
        and (isinstance(told["scores"], str) or _is_scores(told["scores"]))
    )
    if not fits:
        raise StudentFault("reply", "What the training and the model did cannot be read.")
    told["error"] = str(told["error"])
    if not isinstance(told["scores"], str):
        told["scores"] = [
            [list(one.shape), [one.row(at) for at in range(one.shape[0])]] for one in told["scores"]
        ]
    return told


_NOTHING = {
    "error": "",
    "losses": [],
    "logged": [],
    "batches": [],
    "limits": [],
    "callbacks": [],
    "logger": [],
    "checkpoints": [],
    "scores": "there is no LightningModule that gives scores for pictures",
    "fitted": [],
    "validated": [],
}


def _is_number(one):
    return type(one) in (int, float)


def _is_step(one):
    return (
        isinstance(one, list)
        and len(one) == 2
        and _is_number(one[0])
        and (one[1] is None or _is_number(one[1]))
    )


def _is_metrics(one):
    return isinstance(one, dict) and all(map(_is_number, one.values()))


def _is_texts(one):
    return isinstance(one, list) and all(isinstance(text, str) for text in one)


def _is_checkpoint(one):
    if not isinstance(one, dict) or not isinstance(one.get("path"), str):
        return False
    if isinstance(one.get("refused"), str):
        one.update(moved=False, right=0, total=1, rows=[])
    rows = one.get("rows")
    return (
        type(one.get("moved")) is bool
        and type(one.get("right")) is int
        and type(one.get("total")) is int
        and one["total"] > 0
        and isinstance(rows, list)
        and all(
            isinstance(row, list) and len(row) == 2 and type(row[0]) is int and _is_numbers(row[1])
            for row in rows
        )
    )


def _is_numbers(one):
    return isinstance(one, list) and all(map(_is_number, one))


def _is_fit(one):
    names = ("before", "after", "parameters", "stepped", "foreign", "moved")
    return (
        isinstance(one, dict)
        and all(_is_number(one.get(name)) for name in names)
        and isinstance(one.get("losses"), list)
        and all(loss is None or _is_number(loss) for loss in one["losses"])
        and isinstance(one.get("metrics"), dict)
        and all(map(_is_numbers, one["metrics"].values()))
    )


def _is_scores(value):
    return (
        isinstance(value, list)
        and len(value) == len(COUNTS)
        and all(isinstance(one, Array) and len(one.shape) == 2 and 0 < one.shape[0] < 100 for one in value)
    )


def _shows(rows, kinds):
    """Whether pictures look like those of the table with their labels, whatever linear scale they were brought to."""
    likeness = [
        _alike(pixels, kinds[label])
        for label, pixels in rows
        if 0 <= label < CLASSES and len(pixels) == _PIXELS
    ]
    return bool(likeness) and sum(likeness) / len(rows) > _LIKE


def _alike(one, other):
    """The correlation of two pictures."""
    means = sum(one) / len(one), sum(other) / len(other)
    a, b = [value - means[0] for value in one], [value - means[1] for value in other]
    size = math.hypot(*a) * math.hypot(*b)
    return sum(x * y for x, y in zip(a, b, strict=True)) / size if size else 0.0
