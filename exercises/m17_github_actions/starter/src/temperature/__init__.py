"""Temperatures in other units."""


def to_celsius(fahrenheit: float) -> float:
    """Degrees Celsius of a temperature in degrees Fahrenheit."""
    return (fahrenheit - 32) * 5 / 9


def to_fahrenheit(celsius: float) -> float:
    """Degrees Fahrenheit of a temperature in degrees Celsius."""
    return celsius * 9 / 5 + 32
