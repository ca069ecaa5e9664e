"""The data set, and what there is to say about it."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import typer


class MnistDataset:
    """Images in [0, 1] and targets."""

    def __init__(self, data_folder: str = "data/raw", train: bool = True) -> None:
        path = Path(data_folder) / f"digits_{'train' if train else 'test'}.csv"
        table = np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.int64, ndmin=2)
        self.target = table[:, 0]
        side = round((table.shape[1] - 1) ** 0.5)
        self.images = (table[:, 1:] / 15).reshape(-1, side, side)

    def __getitem__(self, idx: int) -> tuple[np.ndarray, np.int64]:
        return self.images[idx], self.target[idx]

    def __len__(self) -> int:
        return self.images.shape[0]


def dataset_statistics(datadir: str = "data/raw") -> None:
    """Print what there is, and draw it."""
    train, test = MnistDataset(datadir, train=True), MnistDataset(datadir, train=False)
    figure, axes = plt.subplots(1, 2)
    plt.figure(2)
    plt.imshow(train[0][0])
    plt.savefig("mnist_images.png")
    for ax, name, dataset in zip(axes, ("Train", "Test"), (train, test), strict=True):
        counts = np.bincount(dataset.target, minlength=10)
        print(f"{name} dataset: MnistDataset")
        print(f"Number of images: {len(dataset)}")
        print(f"Image shape: {dataset[0][0].shape}")
        print("Labels:", *counts, "\n")
        ax.bar(np.arange(10), counts)
    figure.savefig("label_distribution.png")


def main() -> None:
    """Run the command line."""
    typer.run(dataset_statistics)


if __name__ == "__main__":
    main()
