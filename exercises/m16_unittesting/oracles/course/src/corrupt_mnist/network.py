"""A network of one layer."""


class MyAwesomeModel:
    """Ten sums of weighted pixels."""

    def __init__(self, weights):
        self.weights = weights

    def forward(self, images):
        """One list of ten scores for each image."""
        if not images or not isinstance(images[0], list):
            raise ValueError("Expected input to be a batch of images")
        if any(len(image) != 4 or len(image[0]) != 4 for image in images):
            raise ValueError("Expected each sample to have shape [4, 4]")
        return [self.scores(image) for image in images]

    def scores(self, image):
        """The scores of one image."""
        pixels = [pixel for row in image for pixel in row]
        return [sum(weight * pixel for weight, pixel in zip(row, pixels, strict=True)) for row in self.weights]
