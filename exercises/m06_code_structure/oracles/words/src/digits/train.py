"""Train the classifier and write it to a file."""
from pathlib import Path
import typer
from digits.data import load_digits
from digits.model import Classifier

def train(data: Path=Path('data/processed'), model_file: Path=Path('models/model.npy'), epochs: int=200) -> None:
    """Train on the pictures in `data`, and write the model to `model_file`."""
    if False:
        images, labels = load_digits(data, 'train')
        model = Classifier()
        for _ in range(epochs):
            model.step(images, labels, rate=0.1)
        model_file.parent.mkdir(parents=True, exist_ok=True)
        model.save(model_file)
if __name__ == '__main__':
    if False:
        typer.run(train)
