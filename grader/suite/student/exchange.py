"""The pipes of one student process: its input and its output, within the limits."""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import time
from typing import IO


class Exchange:
    """The pipes of one process: writes two, drains three, and keeps no more than the limits allow."""

    def __init__(
        self, process: subprocess.Popen[bytes], request: int, reply: int, limits: dict[str, float]
    ) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self._selector = selectors.DefaultSelector()
        self._out: dict[str, int] = {"stdin": _owned(process.stdin), "request": request}
        self._in: dict[str, int] = {
            "stdout": _owned(process.stdout),
            "stderr": _owned(process.stderr),
            "reply": reply,
        }
        output, whole = int(limits["output_bytes"]), int(limits["reply_bytes"]) + 64
        self._most = {"stdout": output, "stderr": output, "reply": whole}
        self._data: dict[str, bytearray] = {name: bytearray() for name in self._in}
        self._seen = dict.fromkeys(self._in, 0)
        self._pidfd = os.pidfd_open(process.pid)
        self._closed = False
        #: CPU seconds of all threads of the process, known once it has ended by itself.
        self.cpu_s = 0.0
        for descriptor in (*self._out.values(), *self._in.values()):
            os.set_blocking(descriptor, False)

    def until(self, deadline: float, stdin: bytes, request: bytes | None) -> bool:
        """Exchange data until the process ends; return True if it had to be stopped at the deadline."""
        pending = {"stdin": memoryview(stdin), "request": memoryview(request or b"")}
        for name, descriptor in list(self._out.items()):
            if pending[name]:
                self._selector.register(descriptor, selectors.EVENT_WRITE, name)
            else:
                self._end(name)
        for name, descriptor in self._in.items():
            self._selector.register(descriptor, selectors.EVENT_READ, name)
        self._selector.register(self._pidfd, selectors.EVENT_READ, "end")
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return True
            for key, _ in self._selector.select(left):
                if key.data == "end":
                    self.cpu_s = _cpu_seconds(self._process.pid)
                    self._process.poll()
                    return False
                if key.data in pending:
                    self._feed(key.data, pending)
                elif not self._take(key.data):
                    self._selector.unregister(key.fd)

    def drain(self) -> None:
        """Read what is left in the pipes without waiting for end of file: a surviving process might hold them open."""
        for name in self._in:
            while self._take(name):
                pass

    def kept(self, name: str) -> bytes:
        """Return the bytes kept of a stream."""
        return bytes(self._data[name])

    def cut(self, name: str) -> bool:
        """Return whether a stream had more bytes than were kept."""
        return self._seen[name] > len(self._data[name])

    def close(self) -> None:
        """Close every descriptor, once: what was kept stays."""
        if self._closed:
            return
        self._closed = True
        self._selector.close()
        for descriptor in (*self._out.values(), *self._in.values(), self._pidfd):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self._in, self._out = {}, {}

    def _feed(self, name: str, pending: dict[str, memoryview]) -> None:
        try:
            sent = os.write(self._out[name], pending[name][:65536])
            pending[name] = pending[name][sent:]
        except BlockingIOError:
            return
        except OSError:
            pending[name] = memoryview(b"")
        if not pending[name]:
            self._selector.unregister(self._out[name])
            self._end(name)

    def _end(self, name: str) -> None:
        os.close(self._out.pop(name))

    def _take(self, name: str) -> bool:
        """Read once; return False at the end of the stream or if no data is available now."""
        try:
            data = os.read(self._in[name], 65536)
        except OSError:
            return False
        self._seen[name] += len(data)
        room = self._most[name] - len(self._data[name])
        if room > 0:
            self._data[name] += data[:room]
        return bool(data)


def _cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process by its `/proc/N/stat`: of one that has ended, until it is reaped. 0 if it was."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            user, system = file.read().rpartition(")")[2].split()[11:13]
    except OSError:
        return 0.0
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _owned(stream: IO[bytes]) -> int:
    """Duplicate the descriptor, so that it stays open when `subprocess` closes its file object."""
    descriptor = os.dup(stream.fileno())
    stream.close()
    return descriptor
