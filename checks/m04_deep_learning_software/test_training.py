"""M4: main.py and its training, on a small corrupted MNIST that is made here."""

import math

from grader.suite import Array, StudentFault, check, evidence, shared

from ..common import pictures
from ..common.digit_data import CHUNKS, CLASSES, FILE, WRITE, bands, corrupted_mnist, image_set, labels
from ._common import (
    code_places,
    is_list,
    model_class,
    readable,
    training,
    written_data,
)

_CHECKPOINTS = (".pt", ".pth", ".ckpt", ".safetensors")
_FIGURES = (".png", ".pdf", ".svg", ".jpg", ".jpeg")
#: CPU and wall seconds of a training, and how many models that were never trained it is compared with.
_CPU_S, _WALL_S = 60, 90.0
_FRESH = 12

#: Loads checkpoints, and asks the trained models and models that were never trained about the test set.
_ASK = """
import torch

make = getattr(load(model_path), model_name)
wanted = make().state_dict().keys()
data = getattr(load(data_path), data_name)()[1]
images = torch.stack([item[0] for item in getattr(data, "dataset", data)])

def scores(model):
    with torch.no_grad():
        return model.eval()(images).nan_to_num()

def asked(path):
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as problem:
        return {"refused": type(problem).__name__}
    inside = [checkpoint, *checkpoint.values()] if isinstance(checkpoint, dict) else []
    for state in inside:
        if isinstance(state, dict) and state.keys() == wanted:
            model = make()
            model.load_state_dict(state)
            return {"scores": scores(model)}
    return {}

result = [[asked(path) for path in saved], [scores(make()) for _ in range(fresh)]]
"""

#: The digests and the beginnings of files.
_HEADS = """
import hashlib

result = []
for path in paths:
    with open(path, "rb") as file:
        data = file.read(20_000_000)
    result.append([hashlib.sha256(data).hexdigest(), len(data), data[:50_000]])
"""

#: Trains as the command line does, and looks at each step of an optimizer and each backward pass.
_WATCH = """
import hashlib, pathlib, runpy, sys, torch
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.optim.optimizer import register_optimizer_step_pre_hook

def pictures():
    found = [path for path in pathlib.Path(".").rglob("*.*") if path.name.endswith(tuple(suffixes)) and path.is_file()]
    return {path: path.stat().st_mtime_ns for path in found[:200]}

before = pictures()
known, rates, seen = {}, [], {"steps": 0, "passes": 0, "stale": 0, "images": 0}

def before_forward(module, arguments):
    if type(module).__name__ == model_name and module.training and arguments and torch.is_tensor(arguments[0]):
        seen["images"] += len(arguments[0])

def before_step(optimizer, *_):
    seen["steps"] += 1
    for group in optimizer.param_groups:
        rates.append(float(group.get("initial_lr", group["lr"])))
        known.update((id(one), one) for one in group["params"])

def backward(*arguments, **options):
    seen["passes"] += 1
    gradients = [one.grad for one in known.values() if one.grad is not None]
    seen["stale"] += any(bool(gradient.any()) for gradient in gradients)
    return passed(*arguments, **options)

register_optimizer_step_pre_hook(before_step)
register_module_forward_pre_hook(before_forward)
passed, torch.autograd.backward = torch.autograd.backward, backward
sys.argv = argv
sys.path.insert(0, str(pathlib.Path(argv[0]).resolve().parent))
try:
    runpy.run_path(argv[0], run_name="__main__")
except SystemExit as end:
    if end.code not in (None, 0):
        raise
result = {
    **seen,
    "rates": rates[:1],
    "stepped": [list(one.shape) for one in known.values()][:500],
    "shapes": [list(one.shape) for one in getattr(load(model_path), model_name)().parameters()][:500],
    "figures": [hashlib.sha256(path.read_bytes()).hexdigest() for path, at in pictures().items() if before.get(path) != at],
}
"""


@shared
def trained(student, submission, rng):
    """One training by the students' command: what it left, and how well its checkpoint answers on images that it never saw."""
    chunks = [labels(rng, 100) for _ in range(CHUNKS)]
    shown = bands(rng)
    sets = corrupted_mnist(rng, chunks, labels(rng, 50), shown)
    student.probe(WRITE, **written_data(submission, sets))
    argv = ["python", *training(student, submission, 0.01, 5)[0]]
    said = student.run(argv, changes=True, cpu_s=_CPU_S, timeout=_WALL_S).succeeded()
    drawn = [path for path in said.changed if path.endswith(_FIGURES)][:6]
    saved = [path for path in said.changed if path.endswith(_CHECKPOINTS) and not FILE.search(path)][:6]
    heads = student.probe(_HEADS, paths=drawn)
    readable(is_list(heads, len(drawn), list) and all(len(one) == 3 for one in heads))
    readable(
        all(type(one) is kind for head in heads for one, kind in zip(head, (str, int, bytes), strict=True))
    )
    pictured = [
        [path, digest] for path, (digest, *told) in zip(drawn, heads, strict=True) if _is_picture(*told)
    ]
    found = {"command": " ".join(argv), "drawn": drawn, "pictured": pictured, "saved": saved}
    return {**found, **(_asked(student, submission, rng, saved, shown) if saved else {})}


def _asked(student, submission, rng, saved, shown):
    """The best of the checkpoints that fit the model, beside models that were never trained; and those that cannot be loaded."""
    unseen = labels(rng, 50)
    hidden = image_set(rng, "test", unseen, shown, written=[0] * len(unseen))
    data = written_data(submission, [hidden])
    found = student.probe(WRITE + _ASK, saved=saved, fresh=_FRESH, **code_places(submission), **data)
    readable(is_list(found, 2, list) and is_list(found[0], len(saved), dict) and len(found[1]) == _FRESH)
    checkpoints = [{**one, "path": path} for path, one in zip(saved, found[0], strict=True)]
    fitting = [(*_judge(one["scores"], unseen), one["path"]) for one in checkpoints if "scores" in one]
    return {
        "refused": [
            f"{one['path']} ({str(one['refused'])[:100]})" for one in checkpoints if "refused" in one
        ],
        "best": min(fitting, default=None),
        "fresh": [_judge(scores, unseen) for scores in found[1]],
    }


def _is_picture(size, data):
    if size == len(data) and pictures.is_broken(data):
        return False
    return pictures.size(data) is not None or data.startswith(b"%PDF") or b"<svg" in data[:2000]


def _judge(scores, expected):
    """The mean cross entropy and the accuracy of scores, or of their logarithms after a softmax."""
    size = len(expected)
    readable(isinstance(scores, Array))
    if scores.shape != (size, CLASSES):
        raise StudentFault(
            "value", f"The model gives shape {list(scores.shape)} for {size} images of the test set."
        )
    loss = right = 0
    for number, label in enumerate(expected):
        row = scores.row(number)
        top = max(row)
        loss += top + math.log(sum(math.exp(one - top) for one in row)) - row[label]
        right += row.index(top) == label
    return loss / size, right / size


@check(
    "`train` leaves a checkpoint that fits the model",
    points=2,
    scope="exercises",
    environment="required",
    requires=["model_shapes", "corrupt_mnist", "command_line"],
    hint='At the end of training: `torch.save(model.state_dict(), "model.pt")`, not the whole model.',
)
def test_trains(submission, student, rng):
    found = trained(student, submission, rng)
    assert found["saved"], (
        f"`{found['command']}` ended well and left no checkpoint ({', '.join(_CHECKPOINTS)})."
    )
    assert found["best"] or not found["refused"], (
        f"`torch.load` refuses {found['refused'][0]}: save `model.state_dict()`, not the whole model."
    )
    assert found["best"], (
        f"{found['saved'][0]} does not hold the state_dict of `{model_class(submission)[1].name}`."
    )
    evidence(found["best"][2], None, "written by the training")


@check(
    "The trained model recognises images that it has not seen",
    points=3,
    scope="exercises",
    environment="required",
    requires=["model_shapes", "corrupt_mnist", "command_line"],
    hint="Loop over the epochs and the batches of the training set, and save the model that was trained, after training it.",
)
def test_learns(submission, student, rng):
    found = trained(student, submission, rng)
    assert found.get("best"), "The training left no checkpoint that fits the model."
    (loss, accuracy, _), (losses, rights) = found["best"], zip(*found["fresh"], strict=True)
    # Slow optimizers do not get far on so little data, but away from where every model begins.
    begun = min(losses) - max((max(losses) - min(losses)) / 2, 0.005)
    assert loss < begun or (accuracy >= 0.5 and accuracy > 1.5 * max(rights)), (
        f"After `{found['command']}` the checkpoint is right on {accuracy:.0%} of images that show what the training set shows: "
        "no more than a model that was never trained."
    )


@shared
def watched(student, submission, rng):
    """Another training by the students' command, on other data: what its optimizers did, and the pictures that it left."""
    rate = round(rng.uniform(0.001, 0.009), 5)
    sets = corrupted_mnist(rng, [labels(rng, 50) for _ in range(CHUNKS)], labels(rng, 20))
    argv, epochs = training(student, submission, rate, 2)
    found = student.probe(
        WRITE + _WATCH,
        argv=argv,
        suffixes=_FIGURES,
        cpu_s=_CPU_S,
        timeout=_WALL_S,
        **code_places(submission),
        **written_data(submission, sets),
    )
    readable(
        isinstance(found, dict)
        and is_list([found.get(name) for name in ("passes", "steps", "stale", "images")], 4, int)
        and is_list(found.get("rates"), None, float)
        and is_list(found.get("figures"), None, str)
        and is_list(found.get("stepped"), None, list)
        and is_list(found.get("shapes"), None, list)
    )
    return {**found, "rate": rate, "command": " ".join(argv), "expected": epochs * CHUNKS * 50}


@check(
    "Each batch has gradients of its own and is followed by a step of the optimizer, with the learning rate that was asked for",
    points=3,
    scope="exercises",
    environment="required",
    requires=["model_shapes", "corrupt_mnist", "command_line"],
    hint="For each batch, in this order: `optimizer.zero_grad()`, `loss = …`, `loss.backward()`, `optimizer.step()`; and "
    "`torch.optim.Adam(model.parameters(), lr=lr)`.",
)
def test_training_steps(submission, student, rng):
    found = watched(student, submission, rng)
    rate, argv = found["rate"], found["command"]
    assert found["passes"], "The training never calls `backward()`."
    assert found["steps"] >= found["passes"], (
        f"The training calls `backward()` {found['passes']} times, and the optimizer takes {found['steps']} steps."
    )
    assert not found["stale"], (
        f"In {found['stale']} of {found['passes']} batches the gradients are added to those of the batch before: zero them first."
    )
    left = list(found["shapes"])
    own = [left.remove(shape) for shape in found["stepped"] if shape in left]
    assert 2 * len(own) >= len(found["shapes"]), "The optimizer does not step on the parameters of the model."
    # Some of the images may be kept apart for validation; who calls `forward` by its name is not seen.
    assert not found["images"] or 2 * found["images"] >= found["expected"], (
        f"The model is trained on {found['images']} images where its epochs have {found['expected']}."
    )
    used = found["rates"][0] if found["rates"] else 0.0
    assert abs(used - rate) <= 1e-6 * rate, f"`{argv}` trains with a learning rate of {used:g}."


@check(
    "The training draws its curve into a file",
    points=1,
    scope="exercises",
    environment="required",
    requires=["model_shapes", "corrupt_mnist", "command_line"],
    hint='Keep the loss of each step, and at the end: `plt.plot(losses)`, `plt.savefig("training.png")`.',
)
def test_training_curve(submission, student, rng):
    found = trained(student, submission, rng)
    assert found["drawn"], "The training left no figure (.png, .pdf, .svg or .jpg)."
    assert found["pictured"], f"{found['drawn'][0]} is no picture."
    others = set(watched(student, submission, rng)["figures"])
    own = [path for path, digest in found["pictured"] if digest not in others]
    assert own, (
        f"{found['pictured'][0][0]} is the same picture after a training on other data, with another learning rate."
    )
    evidence(own[0], None, "written by the training")
