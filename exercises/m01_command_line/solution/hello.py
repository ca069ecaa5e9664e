"""Say hello to whoever runs this."""

import getpass


def greeting(name: str) -> str:
    """Return the greeting for a name."""
    return f"Hello {name}!"


if __name__ == "__main__":
    try:
        print(greeting(getpass.getuser()))
    except (KeyError, OSError):  # nobody of that number has a name
        print(greeting("world"))
