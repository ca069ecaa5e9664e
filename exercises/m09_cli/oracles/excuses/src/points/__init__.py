"""Classify points of the plane."""
