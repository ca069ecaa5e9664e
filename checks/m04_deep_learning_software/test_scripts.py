"""M4: data.py and main.py, run on a small corrupted MNIST that is made here."""

import ast
import re
from collections import Counter
from pathlib import PurePosixPath

from grader.suite import (
    Array,
    StudentFault,
    array,
    check,
    evidence,
    not_applicable,
    values,
)

from ._common import CLASSES, LAYOUTS, SIDE, model_class, own

FOLDERS = ("data/corruptmnist", "data/raw", "data/raw/corruptmnist", "data", "corruptmnist")
DATA_FILE = re.compile(r"(train|test)_(images|target)(_\d+)?\.pt")
CHECKPOINTS = (".pt", ".pth", ".ckpt", ".safetensors")
FIGURES = (".png", ".pdf", ".svg", ".jpg", ".jpeg")


# Where things are.


def data_function(submission):
    """The file and name of the function that loads the data."""
    for name in ("corrupt_mnist", "mnist"):
        for file in own(submission, submission.find("data")):
            if any(function.qualname == name for function in file.functions):
                file.evidence(file.functions[name])
                return file, name
    raise AssertionError("No Python file defines a function `corrupt_mnist` (data.py).")


def data_folders(submission, file):
    """Folders of the working copy that the data may be read from."""
    named = [
        node.value.rstrip("/")
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[\w./-]{3,80}", node.value)
    ]
    wanted = [name for name in named if "/" in name and "." not in name.rpartition("/")[2]]
    near = str(PurePosixPath(file.path).parent)
    places = [*FOLDERS, *(name.removeprefix("./") for name in wanted)]
    places += [f"{near}/{name}" for name in places if near != "."]
    safe = [name for name in places if not name.startswith(("/", "..")) and ".." not in name.split("/")]
    return list(dict.fromkeys(safe))[:24]


def commands(submission):
    """`{"train": (argv, function), "evaluate": …}` of the students' command line, wherever it lies."""
    found = {}
    files = own(
        submission,
        [*submission.python_files("**/main.py"), *submission.find("train"), *submission.find("evaluate")],
    )
    for file in files:
        if file.imports_module("sklearn") and not file.imports_module("torch"):
            continue
        registered = [
            (command_name(decorator, function), function)
            for function in file.functions
            for decorator in function.decorators
            if decorator.name.endswith(".command") or decorator.name == "click.command"
        ]
        for name, function in registered:
            several = len(registered) > 1
            for wanted in ("train", "evaluate"):
                if name.startswith(wanted[:4]):
                    found.setdefault(wanted, (file, [file.path, *([name] if several else [])], function))
        for call in file.calls("typer.run"):
            function = file.functions.get(ast.unparse(call.args[0])) if call.args else None
            for wanted in ("train", "evaluate"):
                if function and function.name.startswith(wanted[:4]):
                    found.setdefault(wanted, (file, [file.path], function))
        if file.calls("add_parser") or file.calls("add_argument"):
            subparsers = [call.argument("name", 0) for call in file.calls("add_parser")]
            for wanted in ("train", "evaluate"):
                if wanted in subparsers:
                    found.setdefault(wanted, (file, [file.path, wanted], None))
    if not found and any(file.calls("hydra.main") or file.uses("hydra.main") for file in files):
        not_applicable("The scripts are configured by Hydra; that is another module's matter.")
    return found


def command_name(decorator, function):
    given = decorator.call.argument("name", 0) if decorator.call else None
    return given if isinstance(given, str) else function.name.replace("_", "-")


def command(submission, name):
    found = commands(submission)
    assert name in found, (
        f"No command line has a command `{name}` (main.py): decorate a function of that name with `@app.command()`."
    )
    file, argv, function = found[name]
    file.evidence(function.line if function else 1)
    return argv, function


# The data.


def picture(label):
    """28 x 28 zeros with a bright band whose height tells the label, whatever linear scale it is brought to."""
    return [
        1 if 2 + 2 * label <= row < 4 + 2 * label and 4 <= column < 24 else 0
        for row in range(SIDE)
        for column in range(SIDE)
    ]


def labelled(rng, count):
    labels = [number % CLASSES for number in range(count)]
    rng.shuffle(labels)
    return labels


def tensors(labels):
    pixels = [value for label in labels for value in picture(label)]
    images = array(pixels, shape=(len(labels), SIDE, SIDE), kind="torch")
    return images, array(labels, dtype="int64", kind="torch")


#: Writes the chunks and the test set as the course's files into every folder that may be read.
WRITE = """
import pathlib, shutil, torch

for gone in old:
    pathlib.Path(gone).unlink(missing_ok=True)
for folder in folders:
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    for file, tensor in files.items():
        if folder == folders[0]:
            torch.save(tensor, f"{folder}/{file}")
        else:
            shutil.copyfile(f"{folders[0]}/{file}", f"{folder}/{file}")
"""

#: Asks what the function returns: a DataLoader shows its data set; a data set is asked itself.
READ = """
from itertools import islice

returned = getattr(load(path), name)()
result = [len(returned)]
for part, size, start, step in zip(returned, sizes, starts, steps):
    data = getattr(part, "dataset", part)
    labels = [item[1] for item in islice(data, size + 1)]
    result += [len(data), labels, list(islice(data, start, size, step))]
"""

#: A fresh model's own answers, some of them shifted, become the labels: only who asks the model knows the accuracy.
LABEL = """
model = getattr(load(model_path), model_name)().eval()
data = getattr(load(path), name)()[1]
images = torch.stack([item[0] for item in getattr(data, "dataset", data)])
labels = (model(images).argmax(dim=1) + shifts) % classes
for folder in folders:
    torch.save(labels, f"{folder}/test_target.pt")
torch.save(model.state_dict(), "fresh_model.pt")
"""


def data_set(submission, file, chunks, test):
    """The inputs of WRITE."""
    files = {}
    sets = [("train", f"_{number}", labels) for number, labels in enumerate(chunks)]
    for part, end, labels in [*sets, ("test", "", test)]:
        files[f"{part}_images{end}.pt"], files[f"{part}_target{end}.pt"] = tensors(labels)
    old = [name for name in submission.all_files if DATA_FILE.fullmatch(name.rpartition("/")[2])]
    return {"files": files, "folders": data_folders(submission, file), "old": old[:200]}


# The checks.


@check(
    "`corrupt_mnist()` returns every image with its own label, for training and for testing",
    points=3,
    scope="exercises",
    environment="required",
    hint="Load the six `train_images_<i>.pt` and `train_target_<i>.pt` in the same order, `torch.cat` them, and return two "
    "`torch.utils.data.TensorDataset`s: train, test. Labels stay int64.",
)
def test_corrupt_mnist(submission, student, rng):
    file, name = data_function(submission)
    chunks = [labelled(rng, rng.randrange(10, 16)) for _ in range(6)]
    test = labelled(rng, rng.randrange(17, 25))
    sizes = [sum(map(len, chunks)), len(test)]
    parts, *found = student.probe(
        WRITE + READ,
        path=file.path,
        name=name,
        sizes=sizes,
        starts=[rng.randrange(3) for _ in sizes],
        steps=[6, 3],
        **data_set(submission, file, chunks, test),
    )
    assert parts == 2, f"`{name}()` returns {parts} values, not two: train, test."
    judge("train", found[:3], [label for chunk in chunks for label in chunk])
    judge("test", found[3:], test)


def judge(part, found, expected):
    """The length, the labels and the pairs of one data set."""
    length, labels, items = found
    size = len(expected)
    assert length == size, f"The {part} set has {length} images where the files hold {size}."
    kinds = {one.dtype if isinstance(one, Array) else type(one).__name__ for one in labels}
    assert all("int" in kind for kind in kinds), (
        f"Labels of the {part} set are {', '.join(sorted(kinds))}, not whole numbers."
    )
    assert Counter(map(number, labels)) == Counter(expected), (
        f"The labels of the {part} set are not those of the files."
    )
    right = 0
    for item in items:
        assert is_pair(item), f"An item of the {part} set is no pair of image and label."
        image, label = item
        fits = (
            isinstance(image, Array)
            and image.shape in LAYOUTS
            and image.dtype.startswith(("float", "bfloat"))
        )
        assert fits, f"An image of the {part} set is no float tensor of shape [1, 28, 28] or [28, 28]."
        rows = [sum(image.data[row * SIDE : (row + 1) * SIDE]) for row in range(SIDE)]
        right += (rows.index(max(rows)) - 2) // 2 == number(label)
    # Augmentation may move an image; labels of other images are right one time in ten.
    assert right >= 0.6 * len(items), f"Images of the {part} set come with the labels of other images."


def is_pair(item):
    return isinstance(item, list) and len(item) == 2


def number(value):
    """A label as a Python number."""
    value = value.data[0] if isinstance(value, Array) and value.size == 1 else value
    assert isinstance(value, int | float), "A label is not one number."
    return value


@check(
    "`main.py --help` offers the commands train and evaluate",
    points=1,
    scope="exercises",
    environment="required",
    hint="`app = typer.Typer()`, `@app.command()` above `train(lr: float = 1e-3)` and `evaluate(model_checkpoint: str)`, and "
    '`app()` under `if __name__ == "__main__":`.',
)
def test_command_line(submission, student):
    train, function = command(submission, "train")
    evaluate, _ = command(submission, "evaluate")
    names = function.args if function else ["lr"]
    learns = [name for name in names if re.search(r"lr|learning_?rate", name)]
    assert learns, f"`train` takes no learning rate: it has {', '.join(names) or 'no options'}."
    said = student.run(["python", train[0], "--help"]).succeeded().output
    for argv in (train, evaluate):
        if argv[0] == train[0]:
            assert all(word in said for word in argv[1:]), (
                f"`{train[0]} --help` does not list `{' '.join(argv[1:])}`."
            )
        else:
            student.run(["python", argv[0], "--help"]).succeeded()


def small_data(submission, rng, *, chunk, test):
    file, _ = data_function(submission)
    chunks = [labelled(rng, chunk) for _ in range(6)]
    return data_set(submission, file, chunks, labelled(rng, test))


@check(
    "`train` leaves a checkpoint that fits the model, and a figure of the training",
    points=3,
    scope="exercises",
    environment="required",
    requires=["model_shapes", "corrupt_mnist"],
    hint='At the end of training: `torch.save(model.state_dict(), "model.pt")`, and `plt.savefig("training.png")` for the '
    "curve of the loss.",
)
def test_trains(submission, student, rng):
    argv, function = command(submission, "train")
    student.probe(WRITE, **small_data(submission, rng, chunk=20, test=20))
    said = student.run(["python", *argv, *options(function)], changes=True).succeeded()
    saved, drawn = ([path for path in said.changed if path.endswith(ends)] for ends in (CHECKPOINTS, FIGURES))
    saved = [path for path in saved if not DATA_FILE.search(path)]
    assert saved, f"`{' '.join(said.argv)}` ended well and left no checkpoint ({', '.join(CHECKPOINTS)})."
    evidence(saved[0], None, "written by the training")
    model_file, cls = model_class(submission)
    torch, builtins = student.load(module="torch"), student.load(module="builtins")
    model = student.load(model_file.path).get(cls.name)()
    checkpoint = torch.load(saved[0], map_location="cpu", weights_only=True)
    try:
        wanted, keys = values([builtins.list(model.state_dict()), builtins.list(checkpoint)])
    except StudentFault as fault:
        refused = f"`torch.load` refuses {saved[0]}: save `model.state_dict()`, not the whole model."
        raise StudentFault(fault.kind, refused, fault.evidence, fault.raised) from fault
    nested = any("state_dict" in str(key) for key in keys)
    assert nested or set(keys) == set(wanted), f"{saved[0]} does not hold the state_dict of `{cls.name}`."
    assert drawn, "The training left no figure (.png, .pdf, .svg or .jpg)."
    evidence(drawn[0], None, "written by the training")


def options(function):
    """A learning rate, and one epoch where the command lets us say so."""
    chosen = []
    for name in function.args if function else []:
        if re.fullmatch(r"lr|learning_?rate", name):
            chosen += [f"--{name.replace('_', '-')}", "0.01"]
        elif re.fullmatch(r"(n_|num_)?epochs?", name):
            chosen += [f"--{name.replace('_', '-')}", "1"]
    return chosen


@check(
    "`evaluate` prints the accuracy that a checkpoint has on the test set",
    points=3,
    scope="exercises",
    environment="required",
    requires=["model_shapes", "corrupt_mnist"],
    hint="Load the state_dict, call `model.eval()`, count right answers over the whole test set under `torch.no_grad()`, and "
    "print `accuracy: 0.93`.",
)
def test_evaluates(submission, student, rng):
    argv, function = command(submission, "evaluate")
    # The usual batch sizes divide it, so that a mean over batches is the mean over images.
    count = 128
    right = rng.randrange(70, 116)
    shifts = [0] * right + [rng.randrange(1, CLASSES) for _ in range(count - right)]
    rng.shuffle(shifts)
    file, name = data_function(submission)
    model_file, cls = model_class(submission)
    student.probe(
        WRITE + LABEL,
        model_path=model_file.path,
        model_name=cls.name,
        path=file.path,
        name=name,
        shifts=array(shifts, dtype="int64", kind="torch"),
        classes=CLASSES,
        **small_data(submission, rng, chunk=10, test=count),
    )
    said = student.run(["python", *argv, *checkpoint(function, "fresh_model.pt")]).succeeded()
    found = accuracies(said.output)
    assert found, f"`{' '.join(said.argv)}` prints no accuracy: print a number beside the word accuracy."
    assert any(abs(one - right / count) < 0.0051 for one in found), (
        f"`evaluate` prints an accuracy of {found[-1]:.3g}, which is not that of the checkpoint on the test set."
    )


def checkpoint(function, path):
    """The checkpoint as an argument, or as an option where the parameter has a default."""
    spec = function.node.args if function else None
    if spec and spec.args and len(spec.defaults) == len(spec.args):
        name = next(
            (name for name in function.args if re.search(r"check|model|path|weight", name)), function.args[0]
        )
        return [f"--{name.replace('_', '-')}", path]
    return [path]


def accuracies(text):
    """The numbers beside the word accuracy, as fractions."""
    found = []
    for match in re.finditer(r"acc\w*[^\d\n]{0,30}(\d+(?:\.\d+)?)\s*(%?)", text[:20_000], re.I):
        value = float(match.group(1))
        found.append(value / 100 if match.group(2) or value > 1 else value)
    return found
