"""The network."""

from torch import Tensor, nn


class Classifier(nn.Module):
    """A small convolutional network for pictures of 28 x 28 pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 8, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(4),
            nn.Flatten(),
            nn.Linear(8 * 7 * 7, 10),
        )

    def forward(self, images: Tensor) -> Tensor:
        return self.layers(images)
