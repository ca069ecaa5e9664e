from collections.abc import Callable, Iterable

import torch
from torch import nn


class Network(nn.Module):
    """Builds a feedforward network with arbitrary hidden layers.

    Arguments:
        input_size: integer, size of the input layer
        output_size: integer, size of the output layer
        hidden_layers: list of integers, the sizes of the hidden layers
        drop_p: dropout probability
    """

    def __init__(self, input_size: int, output_size: int, hidden_layers: list[int], drop_p: float = 0.5) -> None:
        super().__init__()
        # Input to a hidden layer
        self.hidden_layers = nn.ModuleList([nn.Linear(input_size, hidden_layers[0])])

        # Add a variable number of more hidden layers
        layer_sizes = zip(hidden_layers[:-1], hidden_layers[1:])
        self.hidden_layers.extend([nn.Linear(h1, h2) for h1, h2 in layer_sizes])

        self.output = nn.Linear(hidden_layers[-1], output_size)

        self.dropout = nn.Dropout(p=drop_p)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Forward pass through the network, returns the output logits."""
        for each in self.hidden_layers:
            x = nn.functional.relu(each(x))
            x = self.dropout(x)
        x = self.output(x)

        return nn.functional.log_softmax(x, dim=1)


def validation(
    model: nn.Module,
    testloader: Iterable,
    criterion: Callable | nn.Module,
) -> tuple[float, float]:
    """Validation pass through the dataset."""
    accuracy = 0.0
    test_loss = 0.0
    for images, labels in testloader:
        images = images.resize_(images.size()[0], 784)

        output = model.forward(images)
        test_loss += criterion(output, labels).item()

        # Model's output is log-softmax, take exponential to get the probabilities
        ps = torch.exp(output)
        # Class with highest probability is our predicted class, compare with true label
        equality = labels.data == ps.max(1)[1]
        accuracy += equality.type_as(torch.FloatTensor()).mean().item()

    return test_loss, accuracy


def train(
    model: nn.Module,
    trainloader: Iterable,
    testloader: Iterable,
    criterion: Callable | nn.Module,
    optimizer: None | torch.optim.Optimizer = None,
    epochs: int = 5,
    print_every: int = 40,
) -> None:
    """Train a PyTorch Model."""
    if optimizer is None:
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    steps = 0
    running_loss = 0.0
    for _ in range(epochs):
        model.train()
        for images, labels in trainloader:
            steps += 1
            optimizer.zero_grad()
            loss = criterion(model.forward(images.resize_(images.size()[0], 784)), labels)
            loss.backward()
            optimizer.step()
            running_loss += loss.item()
            if steps % print_every == 0:
                model.eval()
                with torch.no_grad():
                    test_loss, accuracy = validation(model, testloader, criterion)
                print(f"Test Loss: {test_loss:.3f}, Test Accuracy: {accuracy:.3f}")
                running_loss = 0.0
                model.train()
