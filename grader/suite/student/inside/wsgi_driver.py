"""Drives a WSGI application by hand, as a server does (PEP 3333): one request after the other, no lifespan."""

from __future__ import annotations

import io
import sys
from typing import Any
from urllib.parse import unquote_to_bytes


def converse(application: Any, plan: Any, gone: type[OSError]) -> dict[str, Any]:
    """Hold the exchanges of the plan. A WSGI application has no startup and no shutdown of its own."""
    for request, answer in plan.exchanges():
        try:
            _hold(application, request, answer)
        except gone:
            continue
        except Exception as problem:  # noqa: BLE001 - student code may raise anything
            answer.problem = problem
            answer.cut = bool(answer.body)
            answer.status = answer.status if answer.cut else 500
    return {"started": False, "stopped": False}


def _hold(application: Any, request: dict[str, Any], answer: Any) -> None:
    begun = False
    keeps_body = request["method"] != "HEAD"

    def add(data: bytes) -> None:
        if not begun:
            raise RuntimeError("the body of a response came before `start_response` was called")
        if keeps_body:
            answer.add(bytes(data))

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        nonlocal begun
        if begun and exc_info is None:
            raise RuntimeError("`start_response` was called twice")
        answer.headers = [(str(name).lower(), str(value)) for name, value in headers]
        answer.status = int(status.split(" ", 1)[0])
        if not 100 <= answer.status < 1000:
            raise ValueError(f"{status!r} is no status of a response")
        begun = True
        return add

    result = application(_environ(request), start_response)
    try:
        for chunk in result:
            add(chunk)
    finally:
        if hasattr(result, "close"):
            result.close()
    if not begun:
        raise RuntimeError("the application returned without calling `start_response`")


def _environ(request: dict[str, Any]) -> dict[str, Any]:
    path, _, query = request["target"].partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request["body"]),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request["headers"]:
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ
