"""Command lines of Python programs."""
