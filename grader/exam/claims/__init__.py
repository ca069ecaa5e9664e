"""Statements of the exam report, held against what is known of the repository."""
