"""Flowers."""
