"""Drives an application of the students in a student process: import, startup, requests in order, shutdown.

Each step is told as soon as it begins, one JSON object a line, so that the suite can say where an application hung or died:

    {"at": "startup"}  {"at": "request", "number": 0}  {"response": {...}}  {"at": "shutdown"}  {"end": {...}}

Standard library only, and nothing of it is trusted: the application shares this process.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from typing import Any

Tell = Callable[[bytes], None]

#: Bytes of the reply that each later answer keeps, whatever the earlier ones take.
RESERVED = 3_000
#: Bytes that a client takes of one body, beyond those that it keeps, before it goes away.
PATIENCE = 16 * 1024 * 1024
#: What each further chunk of a body costs of that patience: endless streams are of small chunks.
CHUNK = 128


class ClientGone(OSError):
    """The client took enough of an endless body: what a server raises when the connection is closed."""


class BoundedAnswer:
    """One answer while the application makes it; at most `room` bytes of its body are kept."""

    def __init__(self, room: int) -> None:
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.body = bytearray()
        self.cut = False
        self.gone = False
        self.problem: BaseException | None = None
        self._room = room
        self._patience = PATIENCE

    def add(self, data: bytes) -> None:
        """Take a chunk of the body. Raise ClientGone if there were too many."""
        room = self._room - len(self.body)
        self.cut = self.cut or len(data) > room
        self.body += data[: max(room, 0)]
        self._patience -= len(data) + CHUNK
        if self._patience < 0:
            self.gone = self.cut = True
            raise ClientGone("The client has closed the connection.")


class Plan:
    """The requests of a conversation, and the answers as they are told."""

    def __init__(self, request: dict[str, Any], tell: Tell, harness: Any) -> None:
        self._request = request
        self._harness = harness
        self._tell = tell
        self._left = request["reply_bytes"] * 9 // 10 - RESERVED

    def say(self, **step: Any) -> None:
        """Tell one step."""
        self._tell(self._harness.dump(step))

    def exchanges(self) -> Iterator[tuple[dict[str, Any], BoundedAnswer]]:
        """Yield each request with its answer to fill; what became of it is told when the next one is asked for."""
        requests = self._request["requests"]
        reserved = min(RESERVED, self._left // max(1, len(requests)))
        for number, one in enumerate(requests):
            self.say(at="request", number=number)
            room = self._left - reserved * (len(requests) - 1 - number)
            answer = BoundedAnswer(room // 4 * 2)
            yield {**one, "body": base64.b64decode(one["body"])}, answer
            line = self._harness.dump({"response": self._response(answer, room // 4)})
            self._left -= len(line)
            self._tell(line)

    def _response(self, answer: BoundedAnswer, room: int) -> dict[str, Any]:
        headers = []
        for pair in answer.headers[:200]:
            room -= len(self._harness.dump({"": pair}))
            if room > 0:
                headers.append(pair)
        raised = trace = ""
        if answer.problem is not None and not answer.gone:
            raised, trace = self.words(answer.problem)
        return {
            "status": answer.status or 500,
            "headers": headers,
            "body": base64.b64encode(answer.body).decode("ascii"),
            "cut": answer.cut,
            "raised": raised,
            "trace": trace,
        }

    def words(self, problem: BaseException) -> tuple[str, str]:
        """Return what was raised and where in the students' code, in at most 300 characters, and the end of the traceback."""
        fault = self._harness.fault_of(innermost(problem), self._request)
        where = "".join(f" ({frame['path']}, line {frame['line']})" for frame in fault["frames"][-1:])
        return str(fault["message"])[:200] + where[-100:], str(fault["trace"])[-1_500:]


def drive(request: dict[str, Any], tell: Tell, harness: Any) -> bytes:
    """Hold the conversation and return its last line. `tell` writes the lines before, `harness` is the calling module."""
    if request["before"]:
        harness.run_snippet(request["before"], request, {})
    folder = os.path.dirname(os.path.join(request["cwd"], request["path"]))
    counts = harness.beside("counted_calls").count(request["count"], folder)
    module = harness.load(request["path"], request)
    found = module
    for name in request["app"].split("."):
        if not hasattr(found, name):
            return _fault(harness, f"The file has no `{request['app']}`.")
        found = getattr(found, name)
    application = found() if request["factory"] else found
    if not callable(application):
        kind = type(application).__name__
        return _fault(harness, f"`{request['app']}` is no application: it is of type {kind}.")
    plan = Plan(request, tell, harness)
    converse = harness.beside(f"{request['interface']}_driver").converse
    end = converse(application, plan, ClientGone)
    problem = end.pop("problem", None)
    if problem is not None:
        fault = harness.fault_of(innermost(problem), request)
        return _bytes(harness.dump(fault))
    return _bytes(harness.dump({"end": {**end, "counts": counts()}}))


def innermost(problem: BaseException) -> BaseException:
    """Return the first exception that is no group of others: what the students' code raised inside a task group."""
    for _ in range(50):
        inside = getattr(problem, "exceptions", None)
        if not isinstance(inside, tuple) or not inside or not isinstance(inside[0], BaseException):
            break
        problem = inside[0]
    return problem


def _fault(harness: Any, message: str) -> bytes:
    return _bytes(harness.dump({"fault": "value", "message": message}))


def _bytes(line: Any) -> bytes:
    found: bytes = line
    return found
