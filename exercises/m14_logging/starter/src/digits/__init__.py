"""A classifier of digits."""
