"""The shell commands that a repository runs itself."""
