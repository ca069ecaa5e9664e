"""Train and evaluate the classifier from the command line."""

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
    import matplotlib.pyplot as plt

    torch.manual_seed(42)
    model = MyAwesomeModel()
    train_set, _ = corrupt_mnist()
    loader = DataLoader(train_set, batch_size=batch_size, shuffle=True)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for epoch in range(epochs):
        model.train()
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        print(f"epoch {epoch}, loss {losses[-1]:.4f}")
    torch.save(model.state_dict(), "model.pt")
    plt.plot(losses)
    plt.xlabel("step")
    plt.ylabel("loss")
    plt.savefig("training.png")


@app.command()
def evaluate(model_checkpoint: str) -> None:
    """Print the accuracy of a checkpoint on the test set."""
    model = MyAwesomeModel()
    model.load_state_dict(torch.load(model_checkpoint, map_location="cpu", weights_only=True))
    model.eval()
    _, test_set = corrupt_mnist()
    correct = 0
    with torch.no_grad():
        for images, labels in DataLoader(test_set, batch_size=32):
            correct += (model(images).argmax(dim=1) == labels).sum().item()
    print(f"accuracy: {correct / len(test_set):.4f}")


if __name__ == "__main__":
    app()
