"""Score a small image: ten numbers, one for each digit that it may show."""

from layers import Linear, Module, Rows, flatten, random_images, relu


class Net(Module):
    """Three layers, from the pixels of an image to ten scores."""

    def __init__(self) -> None:
        self.fc1 = Linear(28 * 28, 32)
        self.fc2 = Linear(32, 16)
        self.fc3 = Linear(16, 10)

    def forward(self, images: list[Rows]) -> Rows:
        x = flatten(images)
        x = relu(self.fc1(x))
        x = relu(self.fc2(x))
        return self.fc3(x)


if __name__ == "__main__":
    net = Net()
    for scores in net(random_images(1, side=14)):
        print(*(f"{score:.4f}" for score in scores))
