"""Pictures of digits, five by three pixels: made once, written to a folder, loaded again."""

from pathlib import Path

import numpy as np
import typer

GLYPHS = ("111101101101111", "010110010010111", "111001111100111", "111001111001111", "101101111001001")


def make_digits(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """`count` noisy pictures, a row each, and which digit each one is."""
    rng = np.random.default_rng(seed)
    glyphs = np.array([[int(bit) for bit in glyph] for glyph in GLYPHS], dtype=np.float32)
    labels = rng.integers(0, len(glyphs), count)
    return glyphs[labels] + rng.normal(0, 0.4, (count, 15)).astype(np.float32), labels


def preprocess(folder: Path = Path("data/processed"), count: int = 500) -> None:
    """Make the pictures and write them to `folder`: four fifths for training, one fifth for the test."""
    folder.mkdir(parents=True, exist_ok=True)
    images, labels = make_digits(count)
    cut = count * 4 // 5
    np.savez(folder / "train.npz", images=images[:cut], labels=labels[:cut])
    np.savez(folder / "test.npz", images=images[cut:], labels=labels[cut:])


def load_digits(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """The pictures and digits of a part, `train` or `test`, that `preprocess` wrote to `folder`."""
    with np.load(folder / f"{part}.npz") as stored:
        return stored["images"], stored["labels"]


if __name__ == "__main__":
    typer.run(preprocess)
