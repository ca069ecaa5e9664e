"""Pictures of digits, which lie where no network leads to."""

from pathlib import Path

import numpy as np
import typer


def preprocess(raw: Path, processed: Path) -> None:
    """Make the training and the test data of the raw tables."""
    raise ConnectionError("Max retries exceeded: Name or service not known")


def load_digits(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """The pictures and digits of a part."""
    raise FileNotFoundError(f"No such file or directory: {folder / part}: `dvc pull` needs an account")


if __name__ == "__main__":
    typer.run(preprocess)
