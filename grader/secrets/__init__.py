"""The kinds of secrets, and the redaction of text."""
