"""M12: the three bugs of the classes, each found by what an encoder or a decoder of the check's own size computes."""

import math

from grader.suite import check

from ..common.python import import_folders
from ._common import CPU_S, DECODER, DEFINED, ENCODER, place, table

#: Encodes on another device, as the class is, and where that fails once more with the file's own device changed, too.
_DEVICE = (
    DEFINED
    + """
near(folders)
module = defined(path)
sizes = 9, 8, 3
library = library_of(getattr(module, name)(*sizes))
if library.__name__ == "torch":
    device, strict = "meta", True
else:
    try:
        library.tensor([1.0], device=device) + library.tensor([1.0], device="cpu")
        strict = False
    except RuntimeError:
        strict = True

def places():
    encoder = getattr(module, name)(*sizes)
    moved = encoder.to(device)
    x = library.tensor([[0.5] * sizes[0]] * 4, device=device)
    return [[str(one.device), list(one.shape)] for one in (moved or encoder)(x)]

try:
    told = places()
except Exception:
    kept = {key: one for key, one in vars(module).items() if key.lower() == "device" or type(one).__name__ == "device"}
    if not kept:
        raise
    for key in kept:
        setattr(module, key, library.device(device) if hasattr(library, "device") else device)
    told = places()
result = [device, strict, told]
"""
)

#: Latent numbers of a few images, each many times over, with images so bright that the variances differ.
_DRAWN = (
    DEFINED
    + """
near(folders)
module = defined(path)
encoder = getattr(module, name)(len(rows[0]), hidden, latent)
library = library_of(encoder)
rows = np.array(rows)
for _ in range(3):
    largest = np.abs(numbers(encoder(library.tensor(rows.tolist()))[2])).max()
    rows = rows * min(8.0, 2.0 / max(float(largest), 1e-6))
repeated = np.repeat(rows, times, axis=0)
z, mean, log_var = [numbers(one) for one in encoder(library.tensor(repeated.tolist()))]
result = {
    "library": library.__name__,
    "shapes": [list(one.shape) for one in (z, mean, log_var)],
    "z": np.round(z, 5).tolist(),
    "mean": mean[::times].tolist(),
    "log_var": log_var[::times].tolist(),
}
"""
)

_DECODED = (
    DEFINED
    + """
near(folders)
module = defined(path)
decoder = getattr(module, name)(*sizes)
result = [numbers(decoder(library_of(decoder).tensor(some))).tolist() for some in (rows, rows[:1])]
"""
)


@check(
    "Device: the encoder works on the device that it is moved to",
    points=3,
    scope="exercises",
    environment="required",
    hint="Step into the encoder and compare `device` of all tensors in the line that breaks: one is new, and nobody says where.",
)
def test_device(submission, student, rng):
    path, name = place(submission, ENCODER, "Encoder")
    device = f"device{rng.randrange(10, 100)}"
    device, strict, told = student.probe(
        _DEVICE, path=path, name=name, folders=import_folders(path), device=device, cpu_s=CPU_S
    )
    assert strict is True, "The library mixes devices: leave it as it came, and repair what uses it."
    places = [one[0] if isinstance(one, list) and len(one) == 2 else None for one in told or ()]
    assert places == [device] * 3, (
        f"`{name}` and its images are on a device of their own, and z, mean and log_var are on: {str(places)[:200]}."
    )
    shapes = [one[1] for one in told]
    assert shapes == [[4, 3]] * 3, (
        f"`{name}(9, 8, 3)` gives z, mean and log_var of shapes {str(shapes)[:100]} for 4 images."
    )


@check(
    "Shape: the decoder works for any sizes, and uses its hidden layer",
    points=3,
    scope="exercises",
    environment="required",
    hint="Follow one batch through the decoder and write the shape of each layer's input and output beside it.",
)
def test_shape(submission, student, rng):
    path, name = place(submission, DECODER, "Decoder")
    latent, hidden = rng.randrange(2, 4), rng.randrange(9, 13)
    sizes = [latent, hidden, rng.randrange(17, 25)]
    rows = [[round(rng.gauss(0, 2), 3) for _ in range(latent)] for _ in range(30)]
    found = student.probe(
        _DECODED, path=path, name=name, folders=import_folders(path), sizes=sizes, rows=rows, cpu_s=CPU_S
    )
    many, one = (table(value, "What the decoder gives") for value in (found if len(found) == 2 else [[], []]))
    called = f"`{name}({', '.join(map(str, sizes))})`"
    assert (len(many), len(many[0])) == (30, sizes[2]), (
        f"{called} gives shape {[len(many), len(many[0])]} for 30 rows, not [30, {sizes[2]}]."
    )
    assert len(one) == 1, f"{called} gives {len(one)} images for one row."
    assert all(0 <= value <= 1 for row in many for value in row), f"{called} gives values outside of 0 to 1."
    assert all(abs(a - b) < 1e-4 for a, b in zip(many[0], one[0], strict=True)), (
        f"{called} gives another image for the same row when there are other rows beside it."
    )
    rank = _rank([[math.log((p + 1e-9) / (1 - p + 1e-9)) for p in row] for row in many])
    assert rank > latent, (
        f"The images of {called} vary in {rank} directions, as many as there are latent numbers at most: the hidden layer of "
        f"{hidden} has no part in them."
    )


@check(
    "Mathematics: latent numbers spread around the mean as the logarithm of the variance says",
    points=3,
    scope="exercises",
    environment="required",
    hint="Stop where the noise is scaled, and compute by hand, for one number, the deviation that belongs to its `log_var`.",
)
def test_mathematics(submission, student, rng):
    path, name = place(submission, ENCODER, "Encoder")
    latent, times, wide = rng.randrange(3, 6), 250, rng.randrange(6, 10)
    rows = [[round(rng.gauss(0, 1), 3) for _ in range(wide)] for _ in range(6)]
    found = student.probe(
        _DRAWN,
        path=path,
        name=name,
        folders=import_folders(path),
        rows=rows,
        times=times,
        hidden=16,
        latent=latent,
        cpu_s=CPU_S,
    )
    shapes = found.get("shapes") if isinstance(found, dict) else None
    assert shapes == [[6 * times, latent]] * 3, (
        f"`{name}` gives z, mean and log_var of shapes {str(shapes)[:100]} for {6 * times} rows and {latent} latent numbers."
    )
    z, mean, log_var = (table(found.get(key), f"`{key}`") for key in ("z", "mean", "log_var"))
    drawn = [
        (
            [row[at] - mean[number][at] for row in z[number * times : (number + 1) * times]],
            log_var[number][at],
        )
        for number in range(6)
        for at in range(latent)
    ]
    meant = [one for _, one in drawn]
    assert max(meant) - min(meant) > 0.5, "`log_var` is the same for all images."
    assert max(map(max, mean)) - min(map(min, mean)) > 1e-3, "`mean` is the same for all images."
    spreads = [math.sqrt(sum(one * one for one in values) / times) for values, _ in drawn]
    assert min(spreads) > 1e-6, "Some latent numbers have no noise on them."
    # The course's page takes exp(log_var), and noise of another kind, for its own script.
    powers = (0.5, 1.0) if found.get("library") == "torch" else (0.5,)
    assert any(_scales(spreads, meant, power) for power in powers), (
        "The deviation of the latent numbers does not follow from `log_var`: where it grows by 1, they should spread "
        f"{math.exp(0.5):.2f} times as far."
    )
    if found.get("library") == "torch":
        return
    unit = [value / spread for (values, _), spread in zip(drawn, spreads, strict=True) for value in values]
    size = sum(spread / math.exp(one / 2) for spread, one in zip(spreads, meant, strict=True)) / len(meant)
    assert abs(sum(unit) / len(unit)) < 0.1, "The noise lies to one side of the mean."
    assert abs(size - 1) < 0.1, f"The latent numbers spread {size:.2f} times as far as `log_var` says."
    assert any(abs(one) > 2.2 for one in unit), "The noise is not normal: none of it lies far from the mean."


def _scales(spreads, meant, power):
    """Whether spreads are exp(power * log_var), but for one factor and what chance does."""
    rests = [math.log(spread) - power * one for spread, one in zip(spreads, meant, strict=True)]
    return max(rests) - min(rests) < 0.5


def _rank(rows):
    """The number of directions in which rows differ from their mean."""
    mean = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    rows = [[one - middle for one, middle in zip(row, mean, strict=True)] for row in rows]
    largest = max(abs(one) for row in rows for one in row)
    found = 0
    for column in range(len(mean)):
        pivot = max(range(found, len(rows)), key=lambda n: abs(rows[n][column]), default=None)
        if pivot is None or abs(rows[pivot][column]) <= 1e-3 * largest:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for number in range(found + 1, len(rows)):
            share = rows[number][column] / rows[found][column]
            rows[number] = [one - share * top for one, top in zip(rows[number], rows[found], strict=True)]
        found += 1
    return found
