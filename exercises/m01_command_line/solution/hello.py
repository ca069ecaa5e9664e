"""Say hello to whoever runs this."""

import getpass


def main() -> None:
    """Print a greeting with the name of the user, where there is one."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # nobody of that number has a name
        name = "world"
    print(f"Hello {name}!")


if __name__ == "__main__":
    main()
