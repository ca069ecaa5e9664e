"""Train the classifier, by a loop of one's own."""

import torch
from model import Classifier
from signs import read
from torch import nn
from torch.utils.data import DataLoader, random_split

EPOCHS = 30


def main() -> None:
    """Train, and tell how each epoch went."""
    torch.manual_seed(1)
    training, validation = random_split(read(), [0.8, 0.2])
    training_loader = DataLoader(training, batch_size=8, shuffle=True)
    validation_loader = DataLoader(validation, batch_size=40)

    model = Classifier()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    loss_function = nn.CrossEntropyLoss()
    for epoch in range(1, EPOCHS + 1):
        for pictures, labels in training_loader:
            loss = loss_function(model(pictures), labels)
            loss.backward()
            optimizer.step()

        shares = []
        for pictures, labels in validation_loader:
            right = model(pictures).argmax(dim=1) == labels
            shares.append(right.float().mean())
        print(f"epoch {epoch}: loss {loss.item():.3f}, validation accuracy {sum(shares) / len(shares):.2f}")


if __name__ == "__main__":
    main()
