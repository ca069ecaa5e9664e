"""A line that learns."""


class Line:
    """y = slope * x + offset."""

    def __init__(self):
        self.slope = 0.0
        self.offset = 0.0

    def predict(self, x):
        return self.slope * x + self.offset

    def loss(self, data):
        """The mean squared error."""
        return sum((self.predict(x) - y) ** 2 for x, y in data) / len(data)

    def step(self, data, rate):
        """Move a little down the gradient of the loss."""
        errors = [(x, self.predict(x) - y) for x, y in data]
        self.slope -= rate * 2 * sum(x * error for x, error in errors) / len(data)
        self.offset -= rate * 2 * sum(error for _, error in errors) / len(data)
