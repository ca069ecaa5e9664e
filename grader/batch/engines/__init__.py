"""Engines beside the processes of this machine: who grades the submissions of a class, and where."""
