"""M4: model.py, called with batches of images."""

from grader.suite import Array, check, random_array

from ..common.digit_data import CLASSES, LAYOUTS, SIDE
from ._common import model_class, readable

#: Scores of a fresh model for batches of the images with these numbers, in the first of the course's layouts that it takes.
_SCORES = """
import torch

model = getattr(load(path), name)().eval()
problems = []
for layout in layouts:
    try:
        result = [model(images[batch].reshape(len(batch), *layout)) for batch in batches]
        break
    except Exception as problem:
        problems.append(problem)
else:
    raise problems[0]
"""


def _scores(submission, student, images, batches):
    """What the model gives for each batch, named by the numbers of its images; fails the check if it is no tensor."""
    file, cls = model_class(submission)
    found = student.probe(
        _SCORES, path=file.path, name=cls.name, images=images, batches=batches, layouts=LAYOUTS
    )
    readable(isinstance(found, list) and len(found) == len(batches))
    for batch, scores in zip(batches, found, strict=True):
        assert isinstance(scores, Array), f"The model gives no tensor for a batch of {len(batch)}."
    return found


@check(
    "The model gives ten scores for each image, for any size of the batch",
    points=3,
    scope="exercises",
    environment="required",
    hint="`forward` takes a tensor of shape [batch, 1, 28, 28] and returns one of shape [batch, 10]: flatten with "
    "`x.view(x.size(0), -1)`, which keeps the batch.",
)
def test_model_shapes(submission, student, rng):
    images = random_array(rng, (7, SIDE * SIDE), kind="torch")
    batches = [[number % 7 for number in range(size)] for size in (1, 7, 64)]
    found = _scores(submission, student, images, batches)
    for batch, scores in zip(batches, found, strict=True):
        assert scores.shape == (len(batch), CLASSES), (
            f"For a batch of {len(batch)} the model gives shape {list(scores.shape)}, not [{len(batch)}, {CLASSES}]."
        )
    rows = [found[1].row(number) for number in range(7)]
    assert len(set(rows[0])) > 1, "The model gives the same score for each of the ten classes."
    assert any(row != rows[0] for row in rows), "The model gives the same scores for all images."


@check(
    "The model in evaluation mode gives the same answer twice, and an image's scores depend on that image alone",
    points=1,
    scope="exercises",
    environment="required",
    requires=["model_shapes"],
    hint="Use `nn.Dropout` and `nn.BatchNorm2d` as layers made in `__init__`: `model.eval()` switches them. "
    "`F.dropout(x)` drops for ever.",
)
def test_model_is_deterministic(submission, student, rng):
    images = random_array(rng, (4, SIDE * SIDE), kind="torch")
    first, second, half = _scores(submission, student, images, [[0, 1, 2, 3], [0, 1, 2, 3], [0, 1]])
    assert first.data == second.data, (
        "In evaluation mode the model gives two different answers for the same images."
    )
    pairs = zip(half.data, first.data, strict=False)
    assert all(abs(one - other) < 1e-3 for one, other in pairs), (
        "In evaluation mode an image's scores change with the other images of the batch."
    )
