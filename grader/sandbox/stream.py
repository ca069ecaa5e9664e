"""Parse the output of a suite's process into events: bounded lines, a bounded number, anything else is dropped."""

from __future__ import annotations

from collections.abc import Callable

from grader.sandbox.protocol import Event, read_event
from grader.settings import Limits


class EventStream:
    """A parser that takes chunks of output, calls `on_event` for each complete event, and keeps the end of the log."""

    def __init__(self, on_event: Callable[[Event], None], limits: Limits) -> None:
        self._on_event = on_event
        self._limits = limits
        self._line = bytearray()
        self._too_long = False
        self._count = 0
        self._log = bytearray()

    def feed(self, data: bytes) -> None:
        """Take bytes of the suite's stdout."""
        *whole, rest = data.split(b"\n")
        for part in whole:
            self._extend(part)
            self._end_line()
        self._extend(rest)

    def feed_log(self, data: bytes) -> None:
        """Take bytes of the suite's stderr; the last `log_bytes` are kept."""
        self._log += data
        if len(self._log) > 2 * self._limits.log_bytes:
            del self._log[: -self._limits.log_bytes]

    @property
    def log(self) -> str:
        """The end of the suite's log."""
        return bytes(self._log[-self._limits.log_bytes :]).decode("utf-8", "replace")

    def _extend(self, part: bytes) -> None:
        # The inventory is larger than all other events; the suite's process keeps those within `event_bytes`.
        if len(self._line) + len(part) > max(self._limits.event_bytes, self._limits.inventory_bytes):
            self._too_long = True
            self._line.clear()
        if not self._too_long:
            self._line += part

    def _end_line(self) -> None:
        line, too_long = bytes(self._line), self._too_long
        self._line.clear()
        self._too_long = False
        self._count += 1
        if too_long or self._count > self._limits.events:
            return
        event = read_event(line)
        if event is not None:
            self._on_event(event)
