"""A line that learns."""


class Line:
    """y = slope * x + offset."""

    def __init__(self):
        self.slope = 0.0
        self.offset = 0.0

    def predict(self, x):
        return self.slope * x + self.offset

    def step(self, data, rate):
        """Move a little down the gradient of the mean squared error."""
        errors = [(x, self.predict(x) - y) for x, y in data]
        self.slope -= rate * 2 * sum(x * error for x, error in errors) / len(data)
        self.offset -= rate * 2 * sum(error for _, error in errors) / len(data)
