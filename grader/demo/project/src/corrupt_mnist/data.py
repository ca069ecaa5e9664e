"""Draw rotated digits, store them, and read them back normalised."""

import json
import logging
import math
import random
from pathlib import Path
from typing import Annotated

import typer

SIDE = 12
CLASSES = 10
CHUNKS = 5

GLYPHS = [
    "01110 10001 10011 10101 11001 10001 01110",
    "00100 01100 00100 00100 00100 00100 01110",
    "01110 10001 00001 00010 00100 01000 11111",
    "11111 00010 00100 00010 00001 10001 01110",
    "00010 00110 01010 10010 11111 00010 00010",
    "11111 10000 11110 00001 00001 10001 01110",
    "00110 01000 10000 11110 10001 10001 01110",
    "11111 00001 00010 00100 01000 01000 01000",
    "01110 10001 10001 01110 10001 10001 01110",
    "01110 10001 10001 01111 00001 00010 01100",
]

Image = list[float]

logger = logging.getLogger(__name__)
app = typer.Typer(help="Make the data of the project.", no_args_is_help=True)


class DigitDataset:
    """Images with their labels, from a processed file."""

    def __init__(self, images: list[Image], labels: list[int]) -> None:
        if len(images) != len(labels):
            raise ValueError(f"{len(images)} images but {len(labels)} labels")
        self.images = images
        self.labels = labels

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Image, int]:
        """Return one image, row after row, and its label."""
        return self.images[index], self.labels[index]

    @classmethod
    def load(cls, path: Path) -> "DigitDataset":
        """Read a file that `preprocess` wrote."""
        content = json.loads(path.read_text())
        return cls(content["images"], content["labels"])

    def save(self, path: Path) -> None:
        """Write the images and labels as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"images": self.images, "labels": self.labels}))


def draw(label: int, angle: float, rng: random.Random, noise: float = 0.5) -> Image:
    """Draw a digit, rotated by an angle in degrees, with some noise; pixels are between 0 and 1."""
    rows = GLYPHS[label].split()
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    centre = (SIDE - 1) / 2
    image = []
    for y in range(SIDE):
        for x in range(SIDE):
            column = round((cosine * (x - centre) + sine * (y - centre)) / 1.5 + 2)
            row = round((cosine * (y - centre) - sine * (x - centre)) / 1.5 + 3)
            ink = 0 <= row < 7 and 0 <= column < 5 and rows[row][column] == "1"
            image.append(min(1.0, max(0.0, float(ink) + rng.gauss(0, noise))))
    return image


def make_digits(count: int, seed: int, max_angle: float = 50.0) -> DigitDataset:
    """Draw `count` digits, all ten equally often, each turned by its own angle."""
    rng = random.Random(seed)
    labels = [number % CLASSES for number in range(count)]
    rng.shuffle(labels)
    images = [draw(label, rng.uniform(-max_angle, max_angle), rng) for label in labels]
    return DigitDataset([[round(pixel, 3) for pixel in image] for image in images], labels)


def statistics(images: list[Image]) -> tuple[float, float]:
    """Return the mean and the standard deviation of all pixels."""
    pixels = [pixel for image in images for pixel in image]
    mean = sum(pixels) / len(pixels)
    return mean, math.sqrt(sum((pixel - mean) ** 2 for pixel in pixels) / len(pixels))


def normalize(images: list[Image], mean: float, deviation: float) -> list[Image]:
    """Bring images to the scale of the training data."""
    return [[(pixel - mean) / deviation for pixel in image] for image in images]


def rotated_digits(folder: Path = Path("data/processed")) -> tuple[DigitDataset, DigitDataset]:
    """Return the processed training and test data."""
    return DigitDataset.load(folder / "train.json"), DigitDataset.load(folder / "test.json")


@app.command()
def generate(
    raw: Annotated[Path, typer.Argument(help="Where the chunks go.")] = Path("data/raw"),
    count: Annotated[int, typer.Option(help="Digits in a chunk.")] = 80,
) -> None:
    """Draw the training chunks and the test set."""
    for chunk in range(CHUNKS):
        make_digits(count, seed=chunk).save(raw / f"train_{chunk}.json")
    make_digits(count, seed=CHUNKS).save(raw / "test.json")
    logger.info("Wrote %d chunks and a test set to %s", CHUNKS, raw)


@app.command()
def preprocess(
    raw: Annotated[Path, typer.Argument(help="Where the chunks are.")] = Path("data/raw"),
    processed: Annotated[Path, typer.Argument(help="Where the result goes.")] = Path("data/processed"),
) -> None:
    """Join the chunks, and normalise everything by the training data."""
    chunks = [DigitDataset.load(path) for path in sorted(raw.glob("train_*.json"))]
    test = DigitDataset.load(raw / "test.json")
    images = [image for chunk in chunks for image in chunk.images]
    labels = [label for chunk in chunks for label in chunk.labels]
    mean, deviation = statistics(images)
    DigitDataset(normalize(images, mean, deviation), labels).save(processed / "train.json")
    DigitDataset(normalize(test.images, mean, deviation), test.labels).save(processed / "test.json")
    logger.info("Normalised %d images by mean %.3f and deviation %.3f", len(labels), mean, deviation)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    app()
