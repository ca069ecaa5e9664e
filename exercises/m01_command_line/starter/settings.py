"""Say whether a variable is set."""

import os

from dotenv import load_dotenv

is_set = "MY_VAR" in os.environ
load_dotenv()

if __name__ == "__main__":
    print("MY_VAR is set:", is_set)
