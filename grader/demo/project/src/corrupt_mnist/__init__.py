"""Recognise digits that somebody rotated."""
