"""Drives an ASGI 3 application by hand, as a server does: lifespan, then HTTP requests one after the other.

Standard library only: no server and no test client has to be installed among the students' packages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

Message = dict[str, Any]

#: Seconds that an application gets to raise what it has just reported as a failed startup.
GRACE_S = 2.0
CHUNK = 64 * 1024


def converse(application: Any, plan: Any, gone: type[OSError]) -> dict[str, Any]:
    """Start the application, hold the exchanges of the plan, stop it; return whether it started and stopped, or its `problem`."""
    return asyncio.new_event_loop().run_until_complete(_converse(application, plan, gone))


async def _converse(application: Any, plan: Any, gone: type[OSError]) -> dict[str, Any]:
    plan.say(at="startup")
    lifespan = _Lifespan(application)
    problem = await lifespan.startup()
    if problem is not None:
        return {"problem": problem}
    for request, answer in plan.exchanges():
        exchange = _Exchange(request, answer, lifespan.state, gone)
        answer.problem = await exchange.held(application)
    plan.say(at="shutdown")
    await lifespan.shutdown()
    return {"started": lifespan.started, "stopped": lifespan.stopped}


class _Lifespan:
    """The lifespan of an application, which runs beside its requests. One that has none goes without, as in a server."""

    def __init__(self, application: Any) -> None:
        self.state: dict[str, Any] = {}
        self.started = self.stopped = False
        self._to: asyncio.Queue[Message] = asyncio.Queue()
        self._from: asyncio.Queue[Message] = asyncio.Queue()
        asgi = {"version": "3.0", "spec_version": "2.0"}
        scope = {"type": "lifespan", "asgi": asgi, "state": self.state}
        self._task = _task(application, scope, self._to.get, self._from.put)

    async def startup(self) -> BaseException | None:
        """Return what made the startup fail, if it did."""
        answer = await self._ask("lifespan.startup")
        self.started = answer.get("type") == "lifespan.startup.complete"
        if answer.get("type") != "lifespan.startup.failed":
            return None
        await asyncio.wait({self._task}, timeout=GRACE_S)
        raised = await _problem(self._task) if self._task.done() else None
        lines = str(answer.get("message", "")).strip().splitlines()
        return raised or RuntimeError(lines[-1] if lines else "the startup failed")

    async def shutdown(self) -> None:
        """Stop an application that has started."""
        if self.started:
            answer = await self._ask("lifespan.shutdown")
            self.stopped = answer.get("type") == "lifespan.shutdown.complete"

    async def _ask(self, kind: str) -> Message:
        await self._to.put({"type": kind})
        answer = asyncio.ensure_future(self._from.get())
        await asyncio.wait({answer, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done() and not self._from.empty():
            await asyncio.wait({answer})
        if answer.done():
            return dict(answer.result())
        answer.cancel()
        return {}


class _Exchange:
    """One HTTP request and what the application sends in return."""

    def __init__(
        self, request: dict[str, Any], answer: Any, state: dict[str, Any], gone: type[OSError]
    ) -> None:
        self._answer = answer
        self._gone = gone
        path, _, query = request["target"].partition("?")
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request["method"],
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode("ascii"),
            "query_string": query.encode("ascii"),
            "root_path": "",
            "headers": [
                (name.encode("latin-1"), value.encode("latin-1")) for name, value in request["headers"]
            ],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8000),
            "state": dict(state),
        }
        body = request["body"]
        self._chunks = [body[start : start + CHUNK] for start in range(0, len(body), CHUNK)] or [b""]
        self._begun = False
        self._over = asyncio.Event()

    async def held(self, application: Any) -> BaseException | None:
        """Hold the exchange until the application returns, its background tasks included; return what it raised."""
        task = _task(application, self._scope, self._receive, self._send)
        await asyncio.wait({task})
        problem = await _problem(task)
        if problem is None and not self._over.is_set():
            problem = RuntimeError("the application returned before its answer was complete")
        self._answer.cut = self._answer.cut or (self._begun and not self._over.is_set())
        return problem

    async def _receive(self) -> Message:
        if self._chunks:
            chunk = self._chunks.pop(0)
            return {"type": "http.request", "body": chunk, "more_body": bool(self._chunks)}
        await self._over.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if self._answer.gone:
            raise self._gone("The client has closed the connection.")
        if kind == "http.response.start" and not self._begun:
            status, headers = message["status"], list(message.get("headers", ()))
            if not isinstance(status, int) or not 100 <= status < 1000:
                raise ValueError(f"{status!r} is no status of a response")
            self._answer.headers = [(_text(name).lower(), _text(value)) for name, value in headers]
            self._answer.status = int(status)
            self._begun = True
        elif kind == "http.response.body" and self._begun and not self._over.is_set():
            try:
                if self._scope["method"] != "HEAD":
                    self._answer.add(bytes(message.get("body", b"")))
            except OSError:
                self._over.set()
                raise
            if not message.get("more_body", False):
                self._over.set()
            # An endless stream of an application that awaits nothing else still hears of the disconnect.
            await asyncio.sleep(0)
        elif kind.startswith("http.response.") and kind not in ("http.response.start", "http.response.body"):
            raise RuntimeError(f"this server does not know the ASGI message {kind!r}")
        else:
            expected = (
                "nothing more" if self._over.is_set() else "a body" if self._begun else "http.response.start"
            )
            raise RuntimeError(f"unexpected ASGI message {kind!r}, where {expected} was expected")


def _task(
    application: Any,
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> asyncio.Task[None]:
    async def run() -> None:
        await application(scope, receive, send)

    return asyncio.ensure_future(run())  # a context of its own, as in a server


async def _problem(task: asyncio.Task[None]) -> BaseException | None:
    try:
        await task
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as problem:  # noqa: BLE001 - student code may raise anything
        return problem
    return None


def _text(value: Any) -> str:
    return bytes(value).decode("latin-1")
