"""Train the classifier and say how well it does."""

from digits.data import make_dataset, split
from digits.model import Model


def train(model: Model, samples: list, learning_rate: float = 0.5, epochs: int = 3) -> list[float]:
    """Move each prototype towards the samples of its class; the share of wrong answers after each epoch."""
    errors = []
    for _ in range(epochs):
        for sample, label in samples:
            prototype = model.prototypes[label]
            for number, value in enumerate(sample):
                prototype[number] += learning_rate * (value - prototype[number])
        errors.append(1 - accuracy(model, samples))
    return errors


def accuracy(model: Model, samples: list) -> float:
    """The share of samples whose class the model predicts."""
    predictions = model.predict([sample for sample, _ in samples])
    right = sum(guess == label for guess, (_, label) in zip(predictions, samples, strict=True))
    return right / len(samples)


if __name__ == "__main__":
    training, testing = split(make_dataset(200))
    classifier = Model()
    train(classifier, training)
    print(f"accuracy {accuracy(classifier, testing):.2f}")
