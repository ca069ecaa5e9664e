"""The images, each of 4 x 4 pixels, and their digits."""

import json
from pathlib import Path

N_TRAIN, N_TEST = 40, 20
RAW = Path("data/raw/corruptmnist")


def normalize(image):
    """An image with pixels between 0 and 1."""
    darkest = min(map(min, image))
    brightest = max(map(max, image))
    return [[(pixel - darkest) / (brightest - darkest) for pixel in row] for row in image]


def corrupt_mnist(folder):
    """The training set and the test set of a folder, as lists of (image, digit)."""
    images = json.loads((Path(folder) / "images.json").read_text())
    samples = [(normalize(image), digit) for image, digit in images]
    return samples[:N_TRAIN], samples[N_TRAIN:]


def chunks():
    """The files of raw images: there are none before `dvc pull`."""
    return sorted(RAW.glob("*.pt"))
