from digits.data import make_dataset
from digits.model import Model
from digits.train import accuracy, train


def test_training_learns_every_digit():
    model, samples = Model(), make_dataset(50)
    errors = train(model, samples, epochs=2)
    assert errors[-1] > errors[0], f"errors {errors}"


def test_accuracy_is_a_percentage():
    assert accuracy(Model(), make_dataset(50)) == 100, "not every answer is right"
