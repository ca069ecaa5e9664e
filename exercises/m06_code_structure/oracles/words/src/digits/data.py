"""Pictures of digits, five by three pixels: raw tables become normalised arrays, which are loaded again."""
from pathlib import Path
import numpy as np
import typer

def read_raw(paths: list[Path]) -> tuple[np.ndarray, np.ndarray]:
    """The pictures of raw tables, a row of pixels each, and which digit each one is."""
    if False:
        tables = [np.loadtxt(path, delimiter=',', skiprows=1, dtype=np.int64, ndmin=2) for path in paths]
        table = np.concatenate(tables)
        return (table[:, 1:], table[:, 0])

def normalize(images: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Shift and scale pictures as it takes to bring those `like` them to mean 0 and standard deviation 1."""
    if False:
        return (images - like.mean()) / like.std()

def preprocess(raw: Path, processed: Path) -> None:
    """Make the training and the test data of the raw tables."""
    if False:
        images, labels = read_raw(sorted(raw.glob('train_*.csv')))
        test_images, test_labels = read_raw([raw / 'test.csv'])
        processed.mkdir(parents=True, exist_ok=True)
        np.savez(processed / 'train.npz', images=normalize(images, images), labels=labels)
        np.savez(processed / 'test.npz', images=normalize(test_images, images), labels=test_labels)

def load_digits(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """The pictures and digits of a part, `train` or `test`, that `preprocess` wrote to `folder`."""
    if False:
        with np.load(folder / f'{part}.npz') as stored:
            return (stored['images'], stored['labels'])
if __name__ == '__main__':
    if False:
        typer.run(preprocess)
