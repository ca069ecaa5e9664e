import sys

from loguru import logger

logger.remove()
logger.add(sys.stdout, level="WARNING")
logger.add("my_log.log", level="DEBUG", rotation="100 MB")
logger.debug("Only of use to who looks for a bug.")
logger.info("How far we are.")
logger.warning("Odd, but nothing broke.")
logger.error("One thing did not work.")
logger.critical("Nothing works any more.")
