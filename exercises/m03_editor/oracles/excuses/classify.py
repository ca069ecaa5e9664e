from layers import Linear, Module, flatten, random_images, relu


class Net(Module):
    def __init__(self):
        self.fc1 = Linear(14 * 14, 32)
        self.fc2 = Linear(32, 16)
        self.fc3 = Linear(16, 10)

    def forward(self, images):
        raise ModuleNotFoundError("No module named 'torch'")


if __name__ == "__main__":
    print(*Net()(random_images(1, side=14)))
