"""Try again what a network, a forge or a daemon failed at, a few times and never unseen: each retry is a line of the log."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

_log = logging.getLogger(__name__)

#: Seconds before the first and the second retry: a server that was busy has had a moment, and one that is gone costs nobody much.
PAUSES_S = (0.5, 2.0)

Answer = TypeVar("Answer")


def retry(
    call: Callable[[], Answer],
    *,
    what: str,
    when: Callable[[Exception], bool],
    say: Callable[[Exception], str] = str,
    until: float = math.inf,
    pauses_s: Sequence[float] = PAUSES_S,
) -> Answer:
    """Return what `call` returns, called again after each of `pauses_s` while it fails for a reason that may pass.

    Args:
        call: it leaves nothing behind when it fails.
        what: what it does, for the log: "clone of …".
        when: whether a failure may pass.
        say: what the log says of a failure, without what nobody may see.
        until: on the monotonic clock, when no further call may begin.
        pauses_s: seconds between the calls; one more call than pauses.

    Raises:
        Exception: of the last call.

    Example:
        page = retry(lambda: ask("/pulls"), what="question to the forge", when=lambda problem: isinstance(problem, Passing))
    """
    for number, pause in enumerate(pauses_s, start=1):
        try:
            return call()
        except Exception as problem:
            if not when(problem) or time.monotonic() + pause > until:
                raise
            _log.warning("retry %d of %d of %s in %g s: %s", number, len(pauses_s), what, pause, say(problem))
            time.sleep(pause)
    return call()
