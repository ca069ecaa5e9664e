"""M12: the script, run from start to end on images that nobody has seen, and the gradients of its training."""

import re

from grader.suite import StudentFault, check, evidence, measure, shared, work, work_folders

from ..common.python import import_folders
from ._common import CPU_S, DEFINED, ENCODER, WALL_S, candidates, own_code, place, script, trains
from ._pictures import SIDES, alike, grey, images, shows, tile

#: Of the exercise's images these many are there; the course's script gets a MNIST of as many, over and over.
_COUNT = 240
_MNIST = 40
#: The least correlation of reconstructions with their originals, and of samples with the original that is nearest. One
#: that has no noise on it correlates with an original by 0.9: more is a copy.
_ALIKE, _LOOKS, _COPY = 0.6, 0.5, 0.97
_RECONSTRUCTED = re.compile(r"recon", re.IGNORECASE)
_DEBUGGERS = (
    *("pdb", "ipdb", "pudb", "bdb", "debugpy", "pdbpp", "remote_pdb", "web_pdb", "rpdb"),
    *("IPython.core.debugger", "icecream", "trepan"),
)

#: Runs the script as a command does, and looks at the gradients before each `backward`. In the course's script the data set
#: is one of ours: MNIST would be downloaded.
_WATCHED = (
    DEFINED
    + """
import pathlib, runpy

near(folders)
library = library_of(getattr(defined(path), name)(4, 4, 2))
modules, seen = {}, {"passes": 0, "stale": 0, "moved": 0, "parameters": 0}
Module = library.nn.Module if library.__name__ == "torch" else library.Module
called, passed = Module.__call__, library.Tensor.backward
before = [None]

def values(one):
    return one if isinstance(one, np.ndarray) else np.asarray(one.detach().data)

def call(module, *inputs, **options):
    modules.setdefault(id(module), module)
    return called(module, *inputs, **options)

def backward(tensor, *arguments, **options):
    known = {id(one): one for module in modules.values() for one in module.parameters()}.values()
    gradients = [one.grad for one in known if one.grad is not None]
    state = [values(one).copy() for one in known]
    seen["passes"] += 1
    seen["parameters"] = len(state)
    seen["stale"] += any(bool(np.any(values(one))) for one in gradients)
    if before[0] is not None and len(before[0]) == len(state):
        seen["moved"] += any(not np.array_equal(one, other) for one, other in zip(before[0], state))
    before[0] = state
    return passed(tensor, *arguments, **options)

if library.__name__ == "torch":
    import torchvision
    from PIL import Image

    class MNIST(library.utils.data.Dataset):
        def __init__(self, root="", train=True, transform=None, target_transform=None, download=False):
            self.transform, self.train = transform, train
            self.data = library.tensor(rows, dtype=library.uint8).reshape(-1, 28, 28)
            self.targets = library.arange(3200) % 10

        def __len__(self):
            return 3200

        def __getitem__(self, number):
            image = Image.fromarray(self.data[number % len(self.data)].numpy())
            return (self.transform(image) if self.transform else image), int(self.targets[number])

    torchvision.datasets.MNIST = MNIST

def pictures():
    found = [one for one in pathlib.Path(".").rglob("*.*") if one.suffix.lower() == ".png" and one.is_file()]
    return {one: one.stat().st_mtime_ns for one in found[:100]}

old = pictures()
Module.__call__, library.Tensor.backward = call, backward
home = os.getcwd()
sys.argv = [os.path.relpath(start, cwd)]
os.chdir(cwd)
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit as end:
    if end.code not in (None, 0):
        raise
os.chdir(home)
new = [one for one, at in pictures().items() if old.get(one) != at][:9]
result = {
    **seen,
    "library": library.__name__,
    "pictures": {one.as_posix(): one.read_bytes()[:200_000] for one in new},
}
"""
)


@shared
def watched(student, submission, rng):
    """One run of the script: what its training did, and what of the hidden images its pictures show."""
    path, name = place(submission, ENCODER, "Encoder")
    start = script(submission)
    rows = images(rng, "csv", _COUNT)
    tables = _write_images(student, submission, rows)
    kind = "csv" if tables else "torch"
    rows = rows if tables else images(rng, "torch", _MNIST)
    above = start.rpartition("/")[0]
    beside = above and any(one.startswith(f"{above}/") for one in tables)
    found = student.probe(
        _WATCHED,
        path=path,
        name=name,
        folders=list(dict.fromkeys([*import_folders(start), *import_folders(path)])),
        start=start,
        cwd=above if beside else ".",
        rows=[] if tables else rows,
        cpu_s=CPU_S,
        timeout=WALL_S,
    )
    counts = ("passes", "stale", "moved", "parameters")
    readable = isinstance(found, dict) and all(type(found.get(one)) is int for one in counts)
    drawn = found.get("pictures") if readable else None
    if not isinstance(drawn, dict) or not all(isinstance(one, bytes) for one in drawn.values()):
        raise StudentFault("reply", "What the script did cannot be read.")
    return {
        "script": start,
        **{one: found[one] for one in counts},
        **_judged({path: grey(data) for path, data in drawn.items()}, rows, SIDES[kind]),
    }


def _write_images(student, submission, rows):
    """Put images in the place of those that the exercise came with, wherever they lie; their paths."""
    text = "".join(",".join(map(str, row)) + "\n" for row in rows)
    tables = [path for path in submission.files("**/*.csv") if submission.text(path).count(",") >= 63 * 20]
    for path in tables:
        student.write(path, text)
    return tables


def _judged(drawn, rows, side):
    """Which picture shows hidden images, which one their reconstructions, and which samples; and how well."""
    pictures = {path: picture for path, picture in drawn.items() if picture}
    found = {"drawn": sorted(drawn), "originals": "", "reconstructions": "", "samples": ""}
    shown = {
        path: [at for at in (shows(picture, row, side) for row in rows) if at]
        for path, picture in pictures.items()
    }
    found["originals"] = max(
        (path for path in shown if shown[path]), key=lambda one: len(shown[one]), default=""
    )
    if not found["originals"]:
        return found
    original, places = pictures.pop(found["originals"]), shown[found["originals"]][:40]
    size = len(original), len(original[0])
    others = {path: one for path, one in pictures.items() if (len(one), len(one[0])) == size}
    tiles = [tile(original, *at, side) for at in places]

    def likeness(path):
        of = [tile(others[path], *at, side) for at in places]
        return sum(alike(one, other) for one, other in zip(of, tiles, strict=True)) / len(tiles)

    scores = {path: likeness(path) for path in others if not shown[path]}
    found["reconstructions"] = max(
        scores, key=lambda one: (bool(_RECONSTRUCTED.search(one)), scores[one]), default=""
    )
    found["likeness"] = scores.get(found["reconstructions"], 0.0)
    rest = [path for path in scores if path != found["reconstructions"]]
    if rest:
        made = [tile(others[rest[0]], *at, side) for at in places]
        best = [max(alike(one, row) for row in rows) for one in made]
        found["samples"], found["looks"] = rest[0], sum(best) / len(best)
        found["kinds"] = len({tuple(value // 64 for value in one) for one in made})
    return found


@check(
    "The script runs from start to end, and leaves its three pictures",
    points=2,
    scope="exercises",
    environment="required",
    hint="Run the script and read the last line of the traceback first. `python -m pdb -c continue` stops where it breaks.",
)
def test_script_runs(submission, student, rng):
    found = watched(student, submission, rng)
    evidence(found["script"])
    assert len(found["drawn"]) >= 3, (
        f"{found['script']} leaves {len(found['drawn'])} new pictures (.png), not three: {', '.join(found['drawn'])[:200]}."
    )
    assert found["originals"], "None of the pictures shows images of the data set as they are."


@check(
    "Training: each batch has gradients of its own, and moves the parameters",
    points=3,
    scope="exercises",
    environment="required",
    requires=["script_runs"],
    hint="Stop in the training loop before `backward` in the second batch, and look at `grad` of a parameter: where is it from?",
)
def test_training(submission, student, rng):
    found = watched(student, submission, rng)
    passes, moved = found["passes"], found["moved"]
    measure("n_batches", passes)
    assert min(passes, 10 * found["parameters"]) >= 10, (
        f"{found['script']} calls `backward` {passes} times: that is no training."
    )
    assert not found["stale"], (
        f"In {found['stale']} of {passes} batches the gradients are added to those of a batch before."
    )
    assert moved >= passes - 1, f"The parameters change after {moved} of {passes} batches."


@check(
    "The trained model reconstructs images of a data set that nobody has seen, and makes new ones",
    points=3,
    scope="exercises",
    environment="required",
    requires=["script_runs"],
    hint="When device, shape, mathematics and training are right, reconstructions look like the originals without noise.",
)
def test_reconstructs(submission, student, rng):
    found = watched(student, submission, rng)
    likeness, looks = round(found.get("likeness", 0.0), 2), round(found.get("looks", 0.0), 2)
    measure("likeness", likeness)
    assert found["reconstructions"], (
        "None of the pictures has as many pixels as the originals, and shows something else."
    )
    assert likeness >= _ALIKE, (
        f"{found['reconstructions']} is not like the originals: a correlation of {likeness}."
    )
    assert likeness < _COPY, (
        f"{found['reconstructions']} has the noise of the originals, too: no autoencoder can know it."
    )
    assert found["samples"], "There is no third picture, of samples, as large as the others."
    measure("looks", looks)
    assert looks >= _LOOKS, f"{found['samples']} does not show images that look like those of the data set."
    assert found["kinds"] > 1, f"{found['samples']} shows one image, again and again."
    assert looks < _COPY, f"{found['samples']} shows images of the data set, not new ones."


@check(
    "No debugger is left in the code",
    points=1,
    scope="exercises",
    environment="required",
    requires=["script_runs"],
    hint="Take out `breakpoint()`, `set_trace()` and imports of debuggers when you are done: they stop everybody else, too.",
)
def test_no_debugger(submission):
    left = []
    for file in own_code(submission):
        calls = [
            call for call in file.calls() if call.name.endswith(("set_trace", "post_mortem", "breakpoint"))
        ]
        left += [file.evidence(call.node, f"{call.name}()") for call in calls]
        if file.imports_module(*_DEBUGGERS):
            left.append(file.evidence(1, "imports a debugger"))
    assert not left, left[:5]


@work(
    "a repaired autoencoder: classes of an encoder and a decoder, and a script that trains them (vae.py, vae_mnist_bugs.py)"
)
def find_work(submission):
    found = [file.path for file in candidates(submission)]
    return work_folders(submission, found) if any(map(trains, own_code(submission))) else []
