"""A time limit for the suite's own part of a check, so that no student waits for slow code of a suite."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from grader.suite.outcomes import CheckDeadline


@contextlib.contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise CheckDeadline inside the block after `seconds` of wall time, on systems that have such an alarm."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise CheckDeadline(f"the check took longer than {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
