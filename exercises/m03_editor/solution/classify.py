"""Score a small image: ten numbers, one for each digit that it may show."""

from layers import Linear, Module, Rows, flatten, random_images, relu

#: Images are squares of so many pixels a side: the first layer and the images both follow from it.
SIDE = 14


class Net(Module):
    """Three layers, from the pixels of an image to ten scores."""

    def __init__(self) -> None:
        self.fc1 = Linear(SIDE * SIDE, 32)
        self.fc2 = Linear(32, 16)
        self.fc3 = Linear(16, 10)

    def forward(self, images: list[Rows]) -> Rows:
        x = flatten(images)
        x = relu(self.fc1(x))
        x = relu(self.fc2(x))
        return self.fc3(x)


def main() -> None:
    """Score one image of noise."""
    net = Net()
    for scores in net(random_images(1, side=SIDE)):
        print(*(f"{score:.4f}" for score in scores))


if __name__ == "__main__":
    main()
