"""A linear classifier of digits."""


class Classifier:
    """Scores of each digit, linear in the pixels."""

    def predict(self, images):
        """The likeliest digit of each picture."""
        raise OSError("libcudart.so.12: cannot open shared object file: No such file or directory")
