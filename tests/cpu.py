"""Time as a limit and not as a figure: work is done in a process of its own that the kernel ends at its limit."""

from __future__ import annotations

import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable

import pytest


def ends_within(cpu_s: int, work: Callable[[], object]) -> None:
    """Fail unless `work` ends, without raising, within so many seconds of CPU time.

    The work is done in a fork under `RLIMIT_CPU`: no clock is read or compared, a busy machine changes nothing, and
    what never ends is ended. Give the limit about tenfold room. What the work changes in memory is lost.
    """
    resource = pytest.importorskip("resource", reason="limits of CPU time are for Unix")
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # about threads: the child never needs one
        child = os.fork()
    if child == 0:
        try:
            sys.settrace(None)  # a tracer multiplies the time
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
            work()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - whatever it is, the parent tells it
            os.write(write, traceback.format_exc()[-3000:].encode())
        finally:
            os._exit(1)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        told = pipe.read().decode()
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        ended = number in (signal.SIGXCPU, signal.SIGKILL)
        pytest.fail(f"it took more than {cpu_s} s of CPU time" if ended else f"it died of signal {number}")
    if status:
        pytest.fail(f"it raised:\n{told}")
