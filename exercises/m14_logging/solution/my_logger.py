"""Where log messages go, and one of each level to try it out."""

import sys
from pathlib import Path

from loguru import logger

LOG = Path("my_log.log")


def configure() -> None:
    """Show warnings and worse on the console; keep everything in a file that does not grow for ever."""
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    logger.add(LOG, level="DEBUG", rotation="100 MB", retention=5)


def main() -> None:
    """One message for each level, and an exception with its traceback."""
    configure()
    logger.debug("The table has 17 columns")
    logger.info("Training begins")
    logger.warning("The last batch is small")
    try:
        int("seven")
    except ValueError:
        logger.exception("A label is no number")
    logger.critical("There is nothing left to train on")


if __name__ == "__main__":
    main()
