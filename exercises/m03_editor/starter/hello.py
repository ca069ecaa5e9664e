"""Say hello from the editor."""


def hello() -> str:
    """The greeting."""
    return "Hello from my editor!"
