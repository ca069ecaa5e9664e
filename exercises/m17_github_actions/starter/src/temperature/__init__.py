"""Temperatures in other units."""

from temperature.units import to_celsius, to_fahrenheit

__all__ = ["to_celsius", "to_fahrenheit"]
