"""M4: main.py evaluates a checkpoint that is made here, on labels that only the model's own answers tell."""

import re

from grader.suite import check

from ..common.digit_data import CHUNKS, CLASSES, WRITE, corrupted_mnist, labels
from ._common import code_places, command, is_list, readable, written_data

_CHECKPOINT = "fresh_model.pt"

#: The answers of a fresh model, which becomes the checkpoint.
_ANSWER = f"""
model = getattr(load(model_path), model_name)().eval()
data = getattr(load(data_path), data_name)()[1]
images = torch.stack([item[0] for item in getattr(data, "dataset", data)])
torch.save(model.state_dict(), "{_CHECKPOINT}")
result = model(images).argmax(dim=1).tolist()
"""

#: Writes the labels of the test set; in a process of its own, without the students' code.
_LABEL = """
import torch

for folder in folders:
    torch.save(torch.tensor(labels), f"{folder}/test_target.pt")
"""


@check(
    "`evaluate` prints the accuracy that a checkpoint has on the test set",
    points=4,
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
    sets = corrupted_mnist(rng, [labels(rng, 10) for _ in range(CHUNKS)], labels(rng, count))
    data = written_data(submission, sets)
    answers = student.probe(WRITE + _ANSWER, **code_places(submission), **data)
    readable(is_list(answers, count, int))
    # A fresh model's own answers, some of them shifted, become the labels: only who asks the model knows the accuracy.
    shifted = [(one + shift) % CLASSES for one, shift in zip(answers, shifts, strict=True)]
    student.probe(_LABEL, labels=shifted, folders=data["folders"])
    said = student.run(["python", *argv, *_checkpoint(function)]).succeeded()
    found = _accuracies(said.output)
    assert found, f"`{' '.join(said.argv)}` prints no accuracy: print a number beside the word accuracy."
    # Batches may be reported on the way; the last ones count, or else printing every number would do.
    assert any(abs(one - right / count) < 0.0051 for one in found[-3:]), (
        f"`evaluate` prints an accuracy of {found[-1]:.3g}, which is not that of the checkpoint on the test set."
    )


def _checkpoint(function):
    """The checkpoint as an argument, or as an option where the parameter has a default."""
    spec = function.node.args if function else None
    if spec and spec.args and len(spec.defaults) == len(spec.args):
        name = next(
            (name for name in function.args if re.search(r"check|model|path|weight", name)), function.args[0]
        )
        return [f"--{name.replace('_', '-')}", _CHECKPOINT]
    return [_CHECKPOINT]


def _accuracies(text):
    """The numbers beside the word accuracy, as fractions."""
    found = []
    for match in re.finditer(r"acc\w*[^\d\n]{0,30}(\d+(?:\.\d+)?)\s*(%?)", text[:20_000], re.I):
        value = float(match.group(1))
        found.append(value / 100 if match.group(2) or value > 1 else value)
    return found
