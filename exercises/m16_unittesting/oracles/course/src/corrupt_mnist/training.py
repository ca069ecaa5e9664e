"""Training: each wrong answer moves the weights."""

from corrupt_mnist.network import MyAwesomeModel


def predict(model, image):
    """The digit of an image."""
    scores = model.forward([image])[0]
    return scores.index(max(scores))


def train(model, samples, lr=0.1):
    """Go through the samples once; return how many answers were wrong."""
    wrong = 0
    for image, digit in samples:
        guess = predict(model, image)
        if guess != digit:
            wrong += 1
            for number, pixel in enumerate(pixel for row in image for pixel in row):
                model.weights[digit][number] += lr * pixel
                model.weights[guess][number] -= lr * pixel
    return wrong


def main(samples, epochs):
    """Train a new model."""
    model = MyAwesomeModel([[0.0] * 16 for _ in range(10)])
    return model, [train(model, samples) for _ in range(epochs)]
