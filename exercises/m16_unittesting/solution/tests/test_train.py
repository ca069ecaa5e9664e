from digits.data import make_dataset
from digits.model import Model
from digits.train import accuracy, train


def test_training_moves_a_prototype_half_way():
    model = Model()
    errors = train(model, [([1.0] * 7, 8)], learning_rate=0.5, epochs=1)
    assert model.prototypes[8] == [0.75] * 7, f"the prototype is {model.prototypes[8]}"
    assert errors == [0.0], f"errors {errors}"


def test_training_learns_every_digit():
    model, samples = Model(), make_dataset(50)
    before = accuracy(model, samples)
    errors = train(model, samples, epochs=2)
    assert before == 0.1, f"{before} before any training"
    assert errors == [0.0, 0.0], f"errors {errors}"
    assert accuracy(model, samples) == 1.0, "not every digit was learnt"


def test_accuracy_counts_right_answers():
    model = Model(n_classes=2)
    assert accuracy(model, [([0.5] * 7, 0), ([0.5] * 7, 1)]) == 0.5, "half of the answers are right"
