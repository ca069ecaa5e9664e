from glob import glob

import torch

FILES = "data/corruptmnist"


def normalize(images, mean, std):
    return ((images - mean) / std).unsqueeze(1)


def corrupt_mnist():
    """The training and the test set, with the mean and spread of the training set taken out."""
    parts = [name.replace("images", "{}") for name in sorted(glob(f"{FILES}/train_images_*.pt"))]
    images = torch.cat([torch.load(part.format("images")) for part in parts])
    labels = torch.cat([torch.load(part.format("target")) for part in parts]).long()
    mean, std = images.mean(), images.std()
    test_images = torch.load(f"{FILES}/test_images.pt")
    test_labels = torch.load(f"{FILES}/test_target.pt").long()
    return (
        torch.utils.data.TensorDataset(normalize(images, mean, std), labels),
        torch.utils.data.TensorDataset(normalize(test_images, mean, std), test_labels),
    )


if __name__ == "__main__":
    print(*map(len, corrupt_mnist()))
