"""The corrupted MNIST data set."""

DATA_PATH = "data/corruptmnist"


def corrupt_mnist():
    """Return the training and the test set."""
    # TODO: load the chunks, concatenate them, return two data sets
