"""M4: which files are the students' own, and which class is their classifier."""

from ..common.python import SOLUTION

SIDE = 28
CLASSES = 10
LAYOUTS = ((1, SIDE, SIDE), (SIDE, SIDE), (SIDE * SIDE,))
LEARNING = ("torch", "lightning", "pytorch_lightning", "tensorflow", "keras", "transformers", "ultralytics")


def own(submission, files):
    """Those of the files that are neither untouched course or template files nor course solutions."""
    return [
        file for file in files if not submission.is_template(file.path) and not SOLUTION.search(file.path)
    ]


def own_code(submission):
    """The students' Python and notebooks."""
    return own(
        submission,
        [*submission.python_files(), *(notebook.python for notebook in submission.notebooks())],
    )


def model_class(submission):
    """The file and name of the classifier; fails the check where there is none that can be made without arguments."""
    found = []
    for file in own(submission, submission.find("model")):
        for cls in file.classes:
            if cls.inherits("Module", "LightningModule"):
                exact = cls.name == "MyAwesomeModel"
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
