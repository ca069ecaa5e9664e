import matplotlib.pyplot as plt
import torch
import typer

from corrupt.data import corrupt_mnist
from corrupt.model import CorruptClassifier


def train(lr: float = 1e-3, batch_size: int = 32, epochs: int = 10) -> None:
    """Train a model on corrupt MNIST."""
    model = CorruptClassifier()
    train_set, _ = corrupt_mnist()
    train_dataloader = torch.utils.data.DataLoader(train_set, batch_size=batch_size, shuffle=True)
    loss_fn = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        model.train()
        for img, target in train_dataloader:
            optimizer.zero_grad()
            loss = loss_fn(model(img), target)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    torch.save(model.state_dict(), "models/model.pth")
    plt.plot(losses)
    plt.savefig("reports/figures/training_statistics.png")


if __name__ == "__main__":
    typer.run(train)
