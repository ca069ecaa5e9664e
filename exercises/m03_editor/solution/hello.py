"""Say hello from the editor, and which Python it runs."""

import sys


def hello() -> str:
    """The greeting, with the interpreter that was chosen."""
    return f"Hello from {sys.executable}!"


def main() -> None:
    """Print the greeting."""
    print(hello())


if __name__ == "__main__":
    main()
