import matplotlib.pyplot as plt
import torch
import typer

from corrupt.data import corrupt_mnist
from corrupt.model import CorruptClassifier


def visualize(model_checkpoint: str, figure_name: str = "embeddings.png") -> None:
    """Visualize model predictions: its features in two dimensions."""
    model = CorruptClassifier()
    model.load_state_dict(torch.load(model_checkpoint))
    model.eval()
    _, test_set = corrupt_mnist()
    images, targets = test_set.tensors
    with torch.no_grad():
        features = model.features(images)
    directions = torch.pca_lowrank(features, q=2)[2]
    places = (features - features.mean(dim=0)) @ directions
    plt.figure(figsize=(6, 6))
    plt.scatter(places[:, 0], places[:, 1], c=targets)
    plt.savefig(f"reports/figures/{figure_name}")


if __name__ == "__main__":
    typer.run(visualize)
