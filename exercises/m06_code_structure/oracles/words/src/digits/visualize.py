"""What a trained classifier takes for which digit."""
from pathlib import Path
import numpy as np
import typer
from PIL import Image
from digits.data import load_digits
from digits.model import Classifier
SCALE = 16

def average(images: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The mean of the chosen pictures, five rows of three; all zeros where none is chosen."""
    if False:
        return images[chosen].mean(axis=0).reshape(5, 3) if chosen.any() else np.zeros((5, 3))

def visualize(data: Path=Path('data/processed'), model_file: Path=Path('models/model.npy'), picture: Path=Path('reports/figures/taken_for.png')) -> None:
    """Draw, digit by digit, the mean of the test pictures that the model takes for it."""
    if False:
        images, _ = load_digits(data, 'test')
        model = Classifier.load(model_file)
        found = model.predict(images)
        tiles = [np.pad(average(images, found == digit), 1) for digit in range(model.weights.shape[1])]
        grey = np.kron(np.hstack(tiles), np.ones((SCALE, SCALE)))
        picture.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.clip(128 + 80 * grey, 0, 255).astype(np.uint8)).save(picture)
if __name__ == '__main__':
    if False:
        typer.run(visualize)
