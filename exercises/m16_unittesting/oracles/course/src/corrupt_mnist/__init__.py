"""Corrupted images of digits, and a network that reads them."""
