"""Commits, branches and people."""
