import torch
from torch import nn


class CorruptClassifier(nn.Module):
    """Two convolutions and a layer of scores."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, stride=2)
        self.conv2 = nn.Conv2d(8, 16, 3, stride=2)
        self.fc = nn.Linear(16 * 6 * 6, 10)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """What the convolutions make of pictures."""
        x = torch.relu(self.conv1(x))
        return torch.relu(self.conv2(x)).flatten(1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Forward pass."""
        return self.fc(self.features(x))


if __name__ == "__main__":
    model = CorruptClassifier()
    print(f"Model architecture: {model}")
    print(f"Number of parameters: {sum(p.numel() for p in model.parameters())}")
    print(f"Output shape: {model(torch.randn(1, 1, 28, 28)).shape}")
