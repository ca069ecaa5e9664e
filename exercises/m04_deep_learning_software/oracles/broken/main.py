"""Train and evaluate the classifier from the command line."""

import matplotlib.pyplot as plt
import torch
import typer
from torch import nn
from torch.utils.data import DataLoader

from data import corrupt_mnist
from model import MyAwesomeModel

app = typer.Typer()


@app.command()
def train(lr: float = 1e-3, batch_size: int = 32, epochs: int = 3) -> None:
    """Train the classifier, save its weights and draw the curve of the loss."""
    model = MyAwesomeModel()
    train_set, _ = corrupt_mnist()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for images, labels in DataLoader(train_set, batch_size=batch_size, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss)
    torch.save(model.state_dict(), "model.pt")
    plt.plot(losses)
    plt.savefig("training.png")


@app.command()
def evaluate(model_checkpoint: str) -> None:
    """Print the accuracy of a checkpoint on the test set."""
    model = MyAwesomeModel().load_state_dict(torch.load(model_checkpoint))
    model.eval()
    _, test_set = corrupt_mnist()
    correct = sum((model(images).argmax(dim=1) == labels).sum().item() for images, labels in DataLoader(test_set))
    print(f"accuracy: {correct / len(test_set):.4f}")


if __name__ == "__main__":
    app()
