"""What a secret looks like, and how text is redacted."""
