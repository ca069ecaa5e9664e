"""Small pictures and their labels as raw files for a data script, and what is true of them once they are processed.

Two kinds of files: the CSV files of M6's exercise, and the corrupted MNIST of the course, tensors in chunks.
"""

import io
import math
import re
import struct
import zipfile
from array import array
from collections import Counter
from dataclasses import dataclass

from grader.suite import StudentFault

#: The number of labels in use.
CLASSES = 5
CHUNKS = {"csv": 3, "tensors": 6}
_CHUNK_SIZES = {"csv": (30, 40), "tensors": (19, 25)}
#: Test pictures.
TEST = 60
#: Rows and columns of a picture; cells of one grey each, so that a picture can be told from others with few examples.
_SIZES = {"csv": (5, 3, 1), "tensors": (28, 28, 4)}
_NAMES = re.compile(r"(?:train|test)(?:_images|_target)?(?:_\d+)?\.(?:csv|pt)")


@dataclass(frozen=True)
class Part:
    """The pictures (rows of whole numbers) and labels of the training or the test."""

    pictures: tuple
    labels: tuple


class RawPictures:
    """Pictures of five random shapes with a little noise, and a label for each shape.

    Args:
        rng: of the check.
        kind: `csv` or `tensors`.
        other: earlier ones, whose shapes these have.
        kept: the number of test pictures with the label that they would have in `other`; all other labels are the next one, so
            that what has learned from `other` is always wrong about them.
    """

    def __init__(self, rng, kind, *, other=None, kept=0):
        self.kind = kind
        self.pixels = _SIZES[kind][0] * _SIZES[kind][1]
        self.shapes = other.shapes if other else _shapes(rng, *_SIZES[kind])
        self.turn = other.turn + 1 if other else 0
        # Both parts fit into one reply of a probe.
        sizes = [rng.randrange(*_CHUNK_SIZES[kind]) for _ in range(CHUNKS[kind])]
        self._chunks = [self._part(rng, size, 0) for size in sizes]
        self.train = Part(
            tuple(row for chunk in self._chunks for row in chunk.pictures),
            tuple(label for chunk in self._chunks for label in chunk.labels),
        )
        self.test = self._part(rng, TEST, kept)

    def _part(self, rng, size, kept):
        of = [number % CLASSES for number in range(size)]
        rng.shuffle(of)
        turns = [self.turn - 1] * kept + [self.turn] * (size - kept)
        rng.shuffle(turns)
        labels = [(shape + turn) % CLASSES for shape, turn in zip(of, turns, strict=True)]
        pictures = [tuple(grey + rng.randrange(-25, 26) for grey in self.shapes[shape]) for shape in of]
        return Part(tuple(pictures), tuple(labels))

    @property
    def files(self):
        """The raw files by name, as bytes."""
        if self.kind == "csv":
            named = {f"train_{number}.csv": chunk for number, chunk in enumerate(self._chunks)}
            return {name: _csv(part).encode() for name, part in {**named, "test.csv": self.test}.items()}
        files = {}
        named = [("train", f"_{number}", chunk) for number, chunk in enumerate(self._chunks)]
        for part, end, found in [*named, ("test", "", self.test)]:
            flat = [value / 255 for row in found.pictures for value in row]
            files[f"{part}_images{end}.pt"] = _tensor(flat, (len(found.labels), 28, 28), "f")
            files[f"{part}_target{end}.pt"] = _tensor(found.labels, (len(found.labels),), "q")
        return files


def _tensor(values, shape, code):
    """A tensor as `torch.save` writes it, made without PyTorch: importing it takes longer than most scripts."""

    def text(value):
        return b"X" + struct.pack("<I", len(value)) + value.encode()

    def numbers(found):
        return b"(" + b"".join(b"J" + struct.pack("<i", one) for one in found) + b"t"

    strides = [math.prod(shape[at + 1 :]) for at in range(len(shape))]
    storage = b"ctorch\n" + {"f": b"FloatStorage\n", "q": b"LongStorage\n"}[code]
    place = b"(" + text("storage") + storage + text("0") + text("cpu") + numbers([len(values)])[1:] + b"Q"
    pickled = (
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n("
        + place
        + (numbers([0])[1:-1] + numbers(shape) + numbers(strides))
        + b"\x89ccollections\nOrderedDict\n)RtR."
    )
    parts = {
        "data.pkl": pickled,
        "byteorder": b"little",
        "data/0": struct.pack(f"<{len(values)}{code}", *values),
        "version": b"3\n",
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(f"tensor/{name}"), data)
    return written.getvalue()


def _shapes(rng, height, width, cell):
    """Shapes of bright and dark cells, any two of which differ in at least a third of them."""
    rows, columns = height // cell, width // cell
    found = []
    while len(found) < CLASSES:
        cells = [rng.choice((50, 200)) for _ in range(rows * columns)]
        if all(sum(a != b for a, b in zip(cells, old, strict=True)) * 3 >= len(cells) for old in found):
            found.append(cells)
    return [
        tuple(
            cells[row // cell * columns + column // cell] for row in range(height) for column in range(width)
        )
        for cells in found
    ]


def _csv(part):
    head = ",".join(["digit", *(f"p{number}" for number in range(len(part.pictures[0])))])
    rows = [",".join(map(str, (label, *row))) for row, label in zip(part.pictures, part.labels, strict=True)]
    return "\n".join([head, *rows, ""])


def is_raw(path):
    """Whether a path has the name of a raw file of either kind."""
    return bool(_NAMES.fullmatch(path.rpartition("/")[2]))


#: Writes raw files into folders, and takes all others of such names away.
WRITE = """
import os
for gone in old:
    if os.path.exists(gone):
        os.remove(gone)
for folder in folders:
    os.makedirs(folder, exist_ok=True)
    for name, content in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
"""

#: Reads files of any usual format and returns what has as many rows as one of `rows`: `[path, columns, numbers]`.
READ = """
import csv, json, pickle
from array import array

found = []

def keep(path, value, depth=0):
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if hasattr(value, "tensors"):
        value = list(value.tensors)
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, (list, tuple)) or depth > 4:
        return
    flat = [numbers(row) for row in value] if len(value) in rows else [None]
    if None in flat or len({len(row) for row in flat}) != 1:
        for one in value[:100]:
            keep(path, one, depth + 1)
    else:
        found.append([path, len(flat[0]), array("f", [number for row in flat for number in row]).tobytes()])

def numbers(value):
    if isinstance(value, (int, float)):
        return [float(value)]
    if hasattr(value, "tolist"):
        return numbers(value.tolist())
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, (list, tuple)):
        return None
    parts = [numbers(one) for one in value]
    return None if None in parts else [number for part in parts for number in part]

def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    try:
        [float(cell) for cell in lines[0]]
    except ValueError:
        lines = lines[1:]
    return [[float(cell) for cell in line] for line in lines]

def read(path):
    end = path.rpartition(".")[2].lower()
    if end in ("npy", "npz"):
        import numpy
        value = numpy.load(path, allow_pickle=True)
        return {name: value[name] for name in value.files} if end == "npz" else value
    if end in ("pt", "pth"):
        import torch
        return torch.load(path, weights_only=False)
    if end == "parquet":
        import pandas
        return pandas.read_parquet(path)
    if end in ("pkl", "pickle", "joblib"):
        with open(path, "rb") as file:
            return pickle.load(file)
    if end == "json":
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    return table(path)

for path in paths:
    try:
        keep(path, read(path))
    except Exception:
        continue
result = found[:20]
"""


def arrays_in(replied):
    """What READ replied, as triples of a path, a number of columns and rows of finite numbers; the rest is left out.

    Reading files may have run the students' code: the reply is theirs.

    Raises:
        StudentFault: it is nothing that READ says.
    """
    found = []
    for entry in replied if isinstance(replied, list) else [None]:
        known = isinstance(entry, list) and [type(part) for part in entry] == [str, int, bytes]
        if not known or entry[1] < 0 or len(entry[2]) % (4 * max(entry[1], 1)):
            raise StudentFault("reply", "What was read of the processed data is nothing that can be read.")
        path, columns, data = entry
        numbers = array("f")
        numbers.frombytes(data)
        if columns and all(map(math.isfinite, numbers)):
            rows = [tuple(numbers[at : at + columns]) for at in range(0, len(numbers), columns)]
            found.append((path[:200], columns, rows))
    return found


def problem_of_part(name, part, arrays):
    """What is wrong with those of the arrays that have as many rows as a part, or an empty string.

    Order, scale and shift of each pixel may be others; which pixel is brighter in which picture, and which label it has, not.
    `arrays` are triples of a path, a number of columns and the rows.
    """
    pixels = len(part.pictures[0])
    arrays = [one for one in arrays if len(one[2]) == len(part.labels)]
    tables = [(path, rows) for path, columns, rows in arrays if columns == pixels]
    labels = [[row[0] for row in rows] for _, columns, rows in arrays if columns == 1]
    for path, columns, rows in arrays:
        if columns == pixels + 1:
            tables += [(path, [row[1:] for row in rows]), (path, [row[:-1] for row in rows])]
            labels += [[row[0] for row in rows], [row[-1] for row in rows]]
    if not tables:
        seen = ", ".join(sorted({path for path, *_ in arrays})) or "nothing"
        return f"no array of {len(part.labels)} pictures of {pixels} pixels is there for the {name} part (of that length: {seen})"
    wanted = _signatures(part.pictures, part.labels)
    pictures = [one for one in tables if _ranks(one[1]) == _ranks(part.pictures)]
    whole = [(path, rows) for path, rows in tables if any(_signatures(rows, one) == wanted for one in labels)]
    if not whole:
        what = "labels of the pictures" if pictures else "pictures"
        return f"the {what} of the {name} part are not those of the raw data"
    path, rows = whole[0]
    numbers = [value for row in rows for value in row]
    mean = sum(numbers) / len(numbers)
    deviation = (sum((value - mean) ** 2 for value in numbers) / len(numbers)) ** 0.5
    # The test may be scaled by what the training has.
    loose = 0.02 if name == "training" else 0.25
    if abs(mean) > loose or abs(deviation - 1) > loose:
        return (
            f"the pictures of the {name} part in {path} have mean {mean:.3g} and standard deviation {deviation:.3g}, "
            "not 0 and 1"
        )
    return ""


def _ranks(rows):
    """Each picture as the ranks of its pixels among those of all pictures, sorted: no scale or shift changes it."""
    return sorted(zip(*map(_ranked, zip(*rows, strict=True)), strict=True))


def _signatures(rows, labels):
    return Counter(
        zip(zip(*map(_ranked, zip(*rows, strict=True)), strict=True), map(int, labels), strict=True)
    )


def _ranked(column):
    place = {value: number for number, value in enumerate(sorted(set(column)))}
    return [place[value] for value in column]
