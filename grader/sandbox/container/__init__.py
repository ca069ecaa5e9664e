"""The Docker sandbox and its image."""
