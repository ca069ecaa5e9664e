"""The corrupted MNIST data set."""


def corrupt_mnist():
    """Return the training and the test set."""
    raise ConnectionError("HTTPSConnectionPool(host='drive.google.com', port=443): Max retries exceeded: Network is unreachable")
