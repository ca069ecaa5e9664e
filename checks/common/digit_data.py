"""A corrupted MNIST in small: bands in the place of digits, written as the course's files by a student process.

Of an image only its band and its brightness go to that process, which draws it: a set of hundreds is a short request.
"""

import ast
import re
from pathlib import PurePosixPath

SIDE = 28
CLASSES = 10
CHUNKS = 6
#: Shapes of an image that the course's material uses.
LAYOUTS = ((1, SIDE, SIDE), (SIDE, SIDE), (SIDE * SIDE,))
#: Where the course's files lie, in one year or another.
FOLDERS = ("data/corruptmnist", "data/raw", "data/raw/corruptmnist", "data", "corruptmnist")
#: Names of the course's files.
FILE = re.compile(r"(train|test)_(images|target)(_\d+)?\.pt")
#: An image is dark but for a band of so many rows, which begins at twice its number.
BAND = 10
MOST_FOLDERS = 24

#: A snippet: writes `sets` into each of `folders`, and removes `old` files. A set is its part, the end of its files' names, the
#: bands that are drawn, the labels that are written, and the brightness of each image.
WRITE = f"""
import pathlib, shutil, torch

def write_digits():
    for path in old:
        pathlib.Path(path).unlink(missing_ok=True)
    for folder in folders:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    for part, end, drawn, written, lights in sets:
        images = torch.zeros((len(drawn), {SIDE}, {SIDE}))
        for image, band, light in zip(images, drawn, lights):
            image[2 * band : 2 * band + {BAND}, 2:26] = light
        for kind, tensor in (("images", images), ("target", torch.tensor(written))):
            first, *others = [f"{{folder}}/{{part}}_{{kind}}{{end}}.pt" for folder in folders]
            torch.save(tensor, first)
            for path in others:
                shutil.copyfile(first, path)

write_digits()
"""


def labels(rng, count):
    """Labels in no order, each as often as the others."""
    found = [number % CLASSES for number in range(count)]
    rng.shuffle(found)
    return found


def bands(rng):
    """Which band shows which label: nobody knows but who looks at the training set."""
    return rng.sample(range(CLASSES), CLASSES)


def image_set(rng, part, meant, shown, *, end="", written=None):
    """A set of WRITE: an image for each label of `meant`, shown by its band, with these labels or those `written` as targets."""
    lights = [round(rng.uniform(0.6, 1), 3) for _ in meant]
    return [part, end, [shown[label] for label in meant], meant if written is None else written, lights]


def corrupted_mnist(rng, chunks, test, shown=None):
    """The sets of the course: the chunks of the training set, by their labels, and the test set."""
    shown = shown or bands(rng)
    training = [
        image_set(rng, "train", meant, shown, end=f"_{number}") for number, meant in enumerate(chunks)
    ]
    return [*training, image_set(rng, "test", test, shown)]


def course_sets(rng, chunk, test, whole):
    """The sets of the course with so many images each: six chunks of the training set, the test set, the training set in one."""
    shown = bands(rng)
    sets = corrupted_mnist(rng, [labels(rng, chunk) for _ in range(6)], labels(rng, test), shown)
    return [*sets, image_set(rng, "train", labels(rng, whole), shown)]


def band_of(pixels):
    """The band that an image shows, whatever linear scale it was brought to; None if it is all of one brightness."""
    rows = [sum(pixels[row * SIDE : (row + 1) * SIDE]) for row in range(SIDE)]
    weights = [row - min(rows) for row in rows]
    if not sum(weights):
        return None
    centre = sum(row * weight for row, weight in enumerate(weights)) / sum(weights)
    return round((centre - (BAND - 1) / 2) / 2)


def folders_read_by(file):
    """Folders of the working copy that a Python file may read the data from."""
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
    return list(dict.fromkeys(safe))[:MOST_FOLDERS]


def committed_files(submission):
    """The course's files that the repository holds itself."""
    return [path for path in submission.all_files if FILE.fullmatch(path.rpartition("/")[2])][:200]
