"""What a program may have to say, at five levels of importance. So far it only looks like a log."""

import sys


def main() -> None:
    """One message for each level."""
    print("DEBUG: the table has 17 columns")
    print("INFO: training begins")
    print("WARNING: the last batch is small")
    print("ERROR: a row of the table has no label")
    print("CRITICAL: there is nothing left to train on", file=sys.stderr)


if __name__ == "__main__":
    main()
