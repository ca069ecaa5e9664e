"""Print the settings of this machine: from its environment, and what is missing there from `.env`."""

import os

from dotenv import load_dotenv


def main() -> None:
    """Load the settings, then print them."""
    load_dotenv()
    for name in ("MY_VAR", "MY_OTHER_VAR"):
        print(f"{name} is {os.environ.get(name, 'not set')}")


if __name__ == "__main__":
    main()
