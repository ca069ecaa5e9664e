"""M4: which files are the students' own, which class is their classifier, and what their command line offers."""

import ast
import re

from grader.suite import StudentFault, shared, work_folders

from ..common import digit_data
from ..common.python import own

LEARNING = ("torch", "lightning", "pytorch_lightning", "tensorflow", "keras", "transformers", "ultralytics")
#: What the course calls its notebooks, and what its notebooks, data.py and model.py define.
NOTEBOOKS = re.compile(
    r"(tensors|neural_networks|training_neural|fashion_mnist|inference_and|saving_and)", re.I
)
_BY_HAND = ("activation", "neuron", "two_layers", "softmax", "Network")
_DATA = ("corrupt_mnist", "mnist")
_MODEL = "MyAwesomeModel"
#: Options of a training, as a command's help shows them.
_RATE = re.compile(r"--(?:lr|learning[-_]?rate)(?![-\w])")
_EPOCHS = re.compile(r"--(?:(?:n|num|max)[-_])?epochs?(?![-\w])")


def own_code(submission):
    """The students' Python and notebooks."""
    return own(
        submission,
        [*submission.python_files(), *(notebook.python for notebook in submission.notebooks())],
    )


def own_notebooks(submission):
    """The students' notebooks of this module."""
    return [
        notebook
        for notebook in submission.notebooks()
        if not submission.is_template(notebook.path)
        and (NOTEBOOKS.search(notebook.path) or notebook.python.imports_module("torch"))
    ]


def folders(submission):
    """The folders of the exercise, best first: one that has notebooks and scripts, or what holds the best of both."""
    notebooks = work_folders(
        submission, [one.path for one in own_notebooks(submission) if _is_by_hand(one.path, one.python)]
    )
    code = [file for file in own(submission, submission.python_files()) if _is_final(file)]
    scripts = work_folders(submission, [file.path for file in code])
    found = [folder for folder in scripts if folder in notebooks]
    if not found and notebooks and scripts:
        best = _above(notebooks[0], scripts[0])
        return [best, *(folder for folder in [*scripts, *notebooks] if not _is_below(folder, best))]
    return list(dict.fromkeys([*found, *scripts, *notebooks]))


def _is_by_hand(path, file):
    """Whether a notebook is one of this module's: by its name, or by what it defines."""
    names = {*file.functions.names, *file.classes.names}
    return bool(NOTEBOOKS.search(path)) or not names.isdisjoint(_BY_HAND)


def _is_final(file):
    """Whether a script belongs to the module's last exercise."""
    return _MODEL in file.classes.names or not set(file.functions.names).isdisjoint(_DATA)


def _above(one, other):
    """The innermost folder that holds both."""
    shared_parts = []
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            break
        shared_parts.append(left)
    return "/".join(shared_parts) or "."


def _is_below(folder, above):
    return above == "." or f"{folder}/".startswith(f"{above}/")


def model_class(submission):
    """The file and name of the classifier; fails the check where there is none that can be made without arguments."""
    found = []
    for file in own(submission, submission.find("model")):
        for cls in file.classes:
            if cls.inherits("Module", "LightningModule"):
                exact = cls.name == _MODEL
                found.append((not exact, file.name != "model", not constructible(cls), file, cls))
    assert found, "No Python file defines a class that inherits from `nn.Module` (model.py)."
    *_, file, cls = min(found, key=lambda item: item[:3])
    file.evidence(cls)
    return file, cls


def constructible(cls):
    """Whether a class can be made without arguments."""
    init = cls.methods.get("__init__")
    if init is None:
        return True
    spec = init.node.args
    return len(spec.args) - 1 <= len(spec.defaults)


def data_function(submission):
    """The file and name of the function that loads the data."""
    for name in _DATA:
        for file in own(submission, submission.find("data")):
            if any(function.qualname == name for function in file.functions):
                file.evidence(file.functions[name])
                return file, name
    raise AssertionError("No Python file defines a function `corrupt_mnist` (data.py).")


def code_places(submission):
    """The inputs of snippets that ask the model and the data."""
    model_file, cls = model_class(submission)
    data_file, name = data_function(submission)
    return {
        "model_path": model_file.path,
        "model_name": cls.name,
        "data_path": data_file.path,
        "data_name": name,
    }


def written_data(submission, sets, *, also_old=()):
    """The inputs of `digit_data.WRITE`."""
    file, _ = data_function(submission)
    old = [*digit_data.committed_files(submission), *also_old]
    return {"sets": sets, "folders": digit_data.folders_read_by(file), "old": old}


def readable(fits):
    """Raise StudentFault if a reply does not fit what its snippet says: the students' code ran beside it."""
    if not fits:
        raise StudentFault("reply", "The reply of the code is nothing that can be read.")


def is_list(value, size, *kinds):
    """Whether a value is a list of so many values (any number: None) of these kinds."""
    return isinstance(value, list) and size in (None, len(value)) and all(type(one) in kinds for one in value)


# The command line.


def command(submission, name):
    """The words of the students' command `train` or `evaluate`, without `python`, and its function if it can be told."""
    found = _commands(submission)
    assert name in found, (
        f"No command line has a command `{name}` (main.py): decorate a function of that name with `@app.command()`."
    )
    file, argv, function = found[name]
    file.evidence(function.line if function else 1)
    return argv, function


def _commands(submission):
    """`{"train": (file, argv, function), "evaluate": …}` of the students' command line, wherever it lies."""
    found = {}
    files = own(
        submission,
        [*submission.python_files("**/main.py"), *submission.find("train"), *submission.find("evaluate")],
    )
    for file in files:
        if file.imports_module("sklearn") and not file.imports_module("torch"):
            continue
        for wanted in ("train", "evaluate"):
            for argv, function in _offered(file, wanted):
                found.setdefault(wanted, (file, argv, function))
    return found


def _offered(file, wanted):
    """What of a file's command line may be the command `wanted`."""
    registered = [
        (_command_name(decorator, function), function)
        for function in file.functions
        for decorator in function.decorators
        if decorator.name.endswith(".command") or decorator.name == "click.command"
    ]
    for name, function in registered:
        if name.startswith(wanted[:4]):
            yield [file.path, *([name] if len(registered) > 1 else [])], function
    for call in file.calls("typer.run"):
        function = file.functions.get(ast.unparse(call.args[0])) if call.args else None
        if function and function.name.startswith(wanted[:4]):
            yield [file.path], function
    if wanted in [call.argument("name", 0) for call in file.calls("add_parser")]:
        yield [file.path, wanted], None


def _command_name(decorator, function):
    given = decorator.call.argument("name", 0) if decorator.call else None
    return given if isinstance(given, str) else function.name.replace("_", "-")


@shared
def help_of_train(student, submission):
    """What `train --help` prints."""
    argv, _ = command(submission, "train")
    return student.run(["python", *argv, "--help"]).succeeded().output


def learning_rate_option(help_text):
    """The option of the learning rate, or None."""
    found = _RATE.search(help_text)
    return found.group() if found else None


def training(student, submission, rate, epochs):
    """The words that train with a learning rate, and its epochs: so many where the command has an option, else 1."""
    argv, _ = command(submission, "train")
    said = help_of_train(student, submission)
    several = _EPOCHS.search(said)
    words = [*argv, learning_rate_option(said) or "--lr", str(rate)]
    return ([*words, several.group(), str(epochs)], epochs) if several else (words, 1)
