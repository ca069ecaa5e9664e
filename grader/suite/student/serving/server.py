"""A server of the students that lives while a check talks to it."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.repository.faults import Evidence
from grader.suite.outcomes import StudentFault
from grader.suite.student.calls import Calls
from grader.suite.student.completed import Completed
from grader.suite.student.http_messages import Request, Response, request
from grader.suite.student.launch import Ended, Start, fault_of_end
from grader.suite.student.replies import last_words

#: Seconds between SIGTERM and the kill.
GRACE_S = 5.0
#: Seconds between two looks at a server that is not ready yet.
PAUSE_S = 0.05
#: Looks at a process whose connection broke, and may be about to end, and at what it says, until there is no more.
LOOKS = 10
#: Where a server may listen: some take `localhost` for the one, some for the other.
ADDRESSES = ("127.0.0.1", "::1")


class Server:
    """A server of the students; `student.serve` gives one. What it answers is the students': compare it, never trust it.

    Example:
        with student.serve(["uvicorn", "app.main:app", "--port", "$PORT"], ready="/") as server:
            assert server.get("/items/3").expect(200).json() == {"item_id": 3}, "`/items/3` does not give item 3."
    """

    def __init__(self, calls: Calls, argv: Sequence[str], made: Callable[[int], Start]) -> None:
        self._calls = calls
        self._argv = tuple(argv)
        self._what = f"`{' '.join(argv)}`"
        self._made = made
        self._ready, self._ready_s = "", float(calls.limits["server_ready_s"])
        self._answered = False
        self._begin()

    def _begin(self) -> None:
        self.port = _free_port()
        self._host = ADDRESSES[0]
        self._process = self._calls.start(self._made(self.port))
        self._stopped = False

    def ask(self, asked: Request, *, timeout: float | None = None) -> Response:
        """Send a request, and return the answer.

        If it is the first one and fails by a write into an installed package, the server is started again with a copy of it.

        Raises:
            StudentFault: the server ended, did not answer within `timeout` seconds, or what it answered is no HTTP.

        Example: `server.ask(request("PUT", "/items/3", json={"name": "cat"})).expect(200, 201)`
        """
        answer = self._ask(asked, timeout)
        first, self._answered = not self._answered, True
        if first and answer.status >= 500 and self._calls.packages.add_of(self.output):
            self.ended()
            self._begin()
            self.wait_until_ready(self._ready, self._ready_s)
            return self._ask(asked, timeout)
        return answer

    def _ask(self, asked: Request, timeout: float | None) -> Response:
        # Only a check that runs a server needs httpx.
        from grader.suite.student.serving.http_client import exchange

        if self._stopped:
            raise RuntimeError("a check asks a server that it has stopped")
        seconds = self._calls.seconds(timeout)
        if not self._process.alive:
            raise self._gone("before it was asked")
        try:
            place, most = (self._host, self.port), int(self._calls.limits["reply_bytes"])
            return exchange(asked, place, seconds, most, lambda: self._process.alive)
        except StudentFault as fault:
            if not self._process.alive or (fault.kind == "reply" and self._ends()):
                raise self._gone(f"while it was asked for `{asked}`") from fault
            raise

    def get(self, path: str, *, timeout: float | None = None, **arguments: Any) -> Response:
        """Send a GET request; further arguments are those of `request`. Example: `server.get("/", query={"q": "cat"})`."""
        return self.ask(request("GET", path, **arguments), timeout=timeout)

    def post(self, path: str, *, timeout: float | None = None, **arguments: Any) -> Response:
        """Send a POST request; further arguments are those of `request`. Example: `server.post("/predict", json=[1])`."""
        return self.ask(request("POST", path, **arguments), timeout=timeout)

    @property
    def output(self) -> str:
        """What it said so far on stdout, then stderr, cut to the limits. Example: `assert "loaded" in server.output`."""
        said = self._process.output()
        for _ in range(LOOKS):
            # A thread reads it: what was said before the last answer may be on its way.
            time.sleep(PAUSE_S)
            before, said = said, self._process.output()
            if said == before:
                break
        return "".join(stream.decode("utf-8", "replace") for stream in said)

    def stop(self) -> Completed:
        """End the server and everything that it started: SIGTERM, where the system has it, and a kill after a while.

        Example: `assert "Goodbye" in server.stop().output, "The lifespan does not say goodbye."`
        """
        self._stopped = True
        ended = self._calls.stop(self._process, GRACE_S)
        return Completed(
            argv=self._argv,
            returncode=ended.returncode,
            stdout=ended.stdout.decode("utf-8", "replace"),
            stderr=ended.stderr.decode("utf-8", "replace"),
            cut=ended.stdout_cut or ended.stderr_cut,
            duration_s=ended.duration_s,
        )

    def ended(self) -> Ended:
        """Return how it ended, and end it if it runs."""
        self._stopped = True
        return self._calls.stop(self._process)

    def wait_until_ready(self, path: str, timeout: float | None) -> None:
        """Wait until the server accepts a connection, and answers a request for `path` if there is one.

        Raises:
            StudentFault: it ended, or was not ready in time; with its last words.
        """
        self._ready, self._ready_s = path, timeout or self._ready_s
        deadline = time.monotonic() + self._calls.seconds(self._ready_s)
        refused = f"accepts no connection on port $PORT ({', '.join(ADDRESSES)})"
        while time.monotonic() < deadline:
            if not self._process.alive:
                raise self._gone("before it accepted a connection")
            if any(self._accepts(host) for host in ADDRESSES) and self._process.listens(self.port):
                if not path:
                    return
                try:
                    self._ask(request("GET", path), max(deadline - time.monotonic(), PAUSE_S))
                except StudentFault as fault:
                    if not self._process.alive:
                        raise
                    refused = f"gives no answer to `GET {path}`: {fault.message}"
                else:
                    return
            time.sleep(PAUSE_S)
        ended = self._calls.stop(self._process)
        raise StudentFault(
            "timeout", f"{self._what} did not become ready: it {refused}.", self._last_words(ended)
        )

    def _accepts(self, host: str) -> bool:
        if not accepts(host, self.port):
            return False
        self._host = host
        return True

    def _ends(self) -> bool:
        for _ in range(LOOKS):
            if not self._process.alive:
                return True
            time.sleep(PAUSE_S)
        return False

    def _gone(self, when: str) -> StudentFault:
        ended = self._calls.stop(self._process)
        said = self._last_words(ended)
        if ended.timed_out:
            return StudentFault("timeout", f"{self._what} used up its time {when}.", said)
        if (fault := fault_of_end(ended, self._what)) is not None:
            return StudentFault(fault.kind, fault.message, said)
        return StudentFault("exited", f"{self._what} ended {when} (exit code {ended.returncode}).", said)

    def _last_words(self, ended: Ended) -> list[Evidence]:
        """Return what it said at last, without the number of the port, which is another one in each run."""
        stream, data = ("(stderr)", ended.stderr) if ended.stderr.strip() else ("(stdout)", ended.stdout)
        seen = last_words(data, str(self._calls.work()), stream)
        return [replace(one, text=one.text.replace(str(self.port), "$PORT")) for one in seen]


@contextlib.contextmanager
def serving(
    calls: Calls,
    argv: Sequence[str],
    *,
    ready: str,
    env: Mapping[str, str] | None,
    cwd: str,
    timeout: float | None,
    cpu_s: int | None,
) -> Iterator[Server]:
    """Start a server, wait until it is ready, and stop it at the end of the block; the arguments are those of `student.serve`."""
    server = _started(calls, argv, ready, env or {}, cwd, timeout, cpu_s)
    try:
        yield server
    finally:
        server.stop()


def _started(
    calls: Calls,
    argv: Sequence[str],
    ready: str,
    env: Mapping[str, str],
    cwd: str,
    timeout: float | None,
    cpu_s: int | None,
) -> Server:
    def made(port: int) -> Start:
        return Start(
            argv=calls.command([word.replace("$PORT", str(port)) for word in argv]),
            cwd=str(calls.work() / cwd),
            deadline_s=calls.seconds(None),
            cpu_s=cpu_s or int(calls.limits["server_cpu_s"]),
            # Unbuffered: uvicorn ends by the signal, and what its lifespan printed at last would be lost.
            environment={**calls.environment(), "PYTHONUNBUFFERED": "1", "PORT": str(port), **env},
        )

    calls.packages.begin()
    attempt = 0
    while True:
        attempt += 1
        server = Server(calls, argv, made)
        try:
            server.wait_until_ready(ready, timeout)
        except StudentFault as fault:
            server.stop()
            # It failed to write into a package that has a copy now.
            if calls.packages.add(server.ended()):
                continue
            # Another process of this machine may have taken the port first.
            if (
                attempt == 1
                and fault.kind == "exited"
                and any(accepts(host, server.port) for host in ADDRESSES)
            ):
                continue
            raise
        except BaseException:
            server.stop()
            raise
        return server


def accepts(host: str, port: int) -> bool:
    """Return whether somebody accepts a connection there."""
    try:
        with socket.create_connection((host, port), timeout=1.0):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESSES[0], 0))
        port: int = probe.getsockname()[1]
        return port
