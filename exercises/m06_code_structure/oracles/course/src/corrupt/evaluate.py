import torch
import typer

from corrupt.data import corrupt_mnist
from corrupt.model import CorruptClassifier


def evaluate(model_checkpoint: str) -> None:
    """Evaluate a trained model."""
    model = CorruptClassifier()
    model.load_state_dict(torch.load(model_checkpoint))
    _, test_set = corrupt_mnist()
    test_dataloader = torch.utils.data.DataLoader(test_set, batch_size=32)
    model.eval()
    correct, total = 0, 0
    with torch.no_grad():
        for img, target in test_dataloader:
            correct += (model(img).argmax(dim=1) == target).float().sum().item()
            total += target.size(0)
    print(f"Test accuracy: {correct / total}")


if __name__ == "__main__":
    typer.run(evaluate)
