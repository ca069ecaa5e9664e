"""M4: data.py, on a small corrupted MNIST that is made here."""

from collections import Counter

from grader.suite import Array, check

from ..common.digit_data import CHUNKS, LAYOUTS, WRITE, band_of, bands, corrupted_mnist, labels
from ._common import data_function, is_list, readable, written_data

#: Asks what the function returns: a DataLoader shows its data set; a data set is asked itself.
_READ = """
from itertools import islice

returned = getattr(load(path), name)()
result = [len(returned)]
for part, size, start, step in zip(returned, sizes, starts, steps):
    data = getattr(part, "dataset", part)
    labels = [item[1] for item in islice(data, size + 1)]
    result += [len(data), labels, list(islice(data, start, size, step))]
"""


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
    chunks = [labels(rng, rng.randrange(10, 16)) for _ in range(CHUNKS)]
    test = labels(rng, rng.randrange(17, 25))
    sizes, shown = [sum(map(len, chunks)), len(test)], bands(rng)
    found = student.probe(
        WRITE + _READ,
        path=file.path,
        name=name,
        sizes=sizes,
        starts=[rng.randrange(3) for _ in sizes],
        steps=[6, 3],
        **written_data(submission, corrupted_mnist(rng, chunks, test, shown)),
    )
    readable(isinstance(found, list) and found and type(found[0]) is int)
    assert found[0] == 2, f"`{name}()` returns {found[0]} values, not two: train, test."
    readable(len(found) == 7)
    _judge("train", found[1:4], [label for chunk in chunks for label in chunk], shown)
    _judge("test", found[4:], test, shown)


def _judge(part, found, expected, shown):
    """The length, the labels and the pairs of one data set."""
    length, own_labels, items = found
    readable(is_list([own_labels, items], 2, list))
    size = len(expected)
    assert length == size, f"The {part} set has {length} images where the files hold {size}."
    kinds = {one.dtype if isinstance(one, Array) else type(one).__name__ for one in own_labels}
    assert all("int" in kind for kind in kinds), (
        f"Labels of the {part} set are {', '.join(sorted(kinds))}, not whole numbers."
    )
    assert Counter(map(_number, own_labels)) == Counter(expected), (
        f"The labels of the {part} set are not those of the files."
    )
    right = 0
    for item in items:
        assert _is_pair(item), f"An item of the {part} set is no pair of image and label."
        image, label = item
        fits = (
            isinstance(image, Array)
            and image.shape in LAYOUTS
            and image.dtype.startswith(("float", "bfloat"))
        )
        assert fits, f"An image of the {part} set is no float tensor of shape [1, 28, 28] or [28, 28]."
        band = band_of(image.data)
        right += band in shown and shown.index(band) == _number(label)
    # Augmentation may move an image; labels of other images are right one time in ten.
    assert right >= 0.6 * len(items), f"Images of the {part} set come with the labels of other images."


def _is_pair(item):
    return isinstance(item, list) and len(item) == 2


def _number(value):
    """A label as a Python number."""
    value = value.data[0] if isinstance(value, Array) and value.size == 1 else value
    assert isinstance(value, int | float), "A label is not one number."
    return value
