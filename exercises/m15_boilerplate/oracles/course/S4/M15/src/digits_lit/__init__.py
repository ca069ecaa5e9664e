"""Digits, with Lightning."""
