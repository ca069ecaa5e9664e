import pytest

from temperature import to_celsius, to_fahrenheit


def test_water_freezes_at_zero():
    assert to_celsius(32) == 0


@pytest.mark.parametrize("celsius", [-40, 0, 36.6])
def test_there_and_back(celsius):
    assert to_celsius(to_fahrenheit(celsius)) == pytest.approx(celsius)
