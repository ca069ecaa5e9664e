"""`--verbose`: what the engine logs, on stderr."""

from __future__ import annotations

import logging

from grader.render.escaping import one_line
from grader.secrets.rules import redacted

#: Characters of a line; a list of packages may be long.
_MOST = 4000


class PlainLines(logging.Formatter):
    """One line a record, without secrets and without anything invisible: names and addresses come from submissions."""

    def format(self, record: logging.LogRecord) -> str:
        """Format the time, the logger and the message; never a traceback, which may quote a suite."""
        moment = self.formatTime(record, "%H:%M:%S")
        return f"{moment} {record.name}: {one_line(redacted(record.getMessage()), _MOST)}"


def log_to_stderr() -> None:
    """Let the engine's loggers write to stderr, once. Libraries stay silent: what they log is not ours to clean."""
    logger = logging.getLogger("grader")
    if any(isinstance(handler.formatter, PlainLines) for handler in logger.handlers):
        return
    handler = logging.StreamHandler()
    handler.setFormatter(PlainLines())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
