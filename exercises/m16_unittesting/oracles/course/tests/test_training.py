import os.path

from corrupt_mnist.dataset import corrupt_mnist
from corrupt_mnist.network import MyAwesomeModel
from corrupt_mnist.training import main, predict, train
from tests import _PATH_DATA

IMAGE = [[1.0, 0.0, 0.0, 0.0]] + [[0.0] * 4 for _ in range(3)]


def test_a_wrong_answer_moves_two_rows():
    model = MyAwesomeModel([[0.0] * 16 for _ in range(10)])
    assert train(model, [(IMAGE, 3)], lr=0.5) == 1, "the only answer was wrong"
    assert model.weights[3] == [0.5] + [0.0] * 15, f"the digit's weights are {model.weights[3]}"
    assert model.weights[0] == [-0.5] + [0.0] * 15, f"the guess's weights are {model.weights[0]}"
    assert predict(model, IMAGE) == 3, "the digit was not learnt"


def test_a_right_answer_moves_nothing():
    model = MyAwesomeModel([[0.0] * 16 for _ in range(10)])
    assert train(model, [(IMAGE, 0)]) == 0, "the answer was right"
    assert model.weights == [[0.0] * 16 for _ in range(10)], "the weights have moved"


def test_training():
    samples, _ = corrupt_mnist(os.path.join(_PATH_DATA, "processed"))
    model, wrong = main(samples, epochs=20)
    assert len(wrong) == 20, f"{len(wrong)} epochs"
    assert wrong[-1] == 0 < wrong[0], f"wrong answers: {wrong}"
    assert all(predict(model, image) == digit for image, digit in samples), "a digit was not learnt"
