import sys

sys.path.append("src/digits")

from data import Digits


def test_there_are_digits():
    assert Digits is not None
