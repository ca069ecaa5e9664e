from digits.model import Classifier


def test_model():
    assert Classifier().predict([]) == []
