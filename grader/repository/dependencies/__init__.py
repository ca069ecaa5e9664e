"""The dependencies that a repository declares."""
