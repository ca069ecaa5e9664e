"""From one unit to another."""

from typing import Final

FREEZING: Final = 32.0


def to_celsius(fahrenheit: float) -> float:
    """Give the degrees Celsius of a temperature in degrees Fahrenheit."""
    return (fahrenheit - FREEZING) * 5 / 9


def to_fahrenheit(celsius: float) -> float:
    """Give the degrees Fahrenheit of a temperature in degrees Celsius."""
    return celsius * 9 / 5 + FREEZING
