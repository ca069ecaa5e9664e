"""Digits of a seven-segment display, read by a small classifier."""
