"""The server of a check: it answers as it is told, counts all, records much, and nobody who asks can stop it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from grader.suite import StudentFault
from grader.suite.student.serving.backend import Backend
from grader.suite.student.student import Student

FRONTEND = """
import os, urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        with urllib.request.urlopen(os.environ["BACKEND"] + "/predict", b'{"text": "cat"}') as answer:
            said = answer.read()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<p>" + said + b"</p>")

HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
"""


ROUTES: dict[str, Any] = {
    "GET /": "hello",
    "POST /predict": lambda asked: {"text": asked.json()["text"].upper()},
    "GET /none": (204, None),
    "PUT /files/*": lambda asked: (201, asked.body),
    "GET /broken": lambda asked: 1 / 0,
}


@pytest.fixture
def backend() -> Iterator[Backend]:
    made = Backend(ROUTES)
    yield made
    made.stop()


@pytest.fixture
def bounded() -> Iterator[Callable[..., Backend]]:
    """A function that makes a backend with bounds of its own."""
    made: list[Backend] = []

    def make(**bounds: Any) -> Backend:
        made.append(Backend(ROUTES, **bounds))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def said_to(backend: Backend, data: bytes) -> bytes:
    """What comes back for raw bytes, to the end of the connection."""
    with socket.create_connection(("127.0.0.1", backend.port), timeout=20) as connection:
        connection.sendall(data)
        found = b""
        while True:
            try:
                part = connection.recv(65536)
            except ConnectionResetError:
                return found
            if not part:
                return found
            found += part


def test_it_answers_and_records(backend: Backend) -> None:
    with httpx.Client(base_url=backend.url) as client:
        assert client.get("/").json() == "hello"
        assert client.post("/predict?a=1&a=2", json={"text": "cat"}).json() == {"text": "CAT"}
        assert client.get("/none").status_code == 204
        stored = client.put("/files/a%20b.bin", content=b"\0\1", headers={"X-Key": "k"})
        assert (stored.status_code, stored.content) == (201, b"\0\1")
        assert client.get("/other").status_code == 404
        assert client.post("/predict", content=b"[").status_code == 400
        assert client.head("/").status_code == 404
    _, predicted, _, put, *_ = backend.requests
    assert (predicted.query, predicted.json()) == ({"a": ["1", "2"]}, {"text": "cat"})
    assert (put.method, put.path, put.headers["x-key"], put.body) == ("PUT", "/files/a b.bin", "k", b"\0\1")
    with pytest.raises(StudentFault, match="no JSON"):
        put.json()
    assert [backend.count(), backend.count("GET /"), backend.count("POST /predict")] == [7, 1, 2]
    with pytest.raises(KeyError):
        backend.count("GET /other")


def test_chunks_come_together(backend: Backend) -> None:
    def parts() -> Iterator[bytes]:
        yield b'{"text": '
        yield b'"dog"}'

    assert httpx.post(f"{backend.url}/predict", content=parts()).json() == {"text": "DOG"}


def test_the_count_is_exact_where_the_record_ends(bounded: Callable[..., Backend]) -> None:
    backend = bounded(recorded=3)
    with httpx.Client(base_url=backend.url) as client:
        for _ in range(10):
            client.get("/")
    assert (len(backend.requests), backend.count("GET /")) == (3, 10)


def test_a_route_that_breaks_is_the_checks_own_fault(backend: Backend) -> None:
    assert httpx.get(f"{backend.url}/broken").status_code == 500
    with pytest.raises(ZeroDivisionError):
        backend.count()


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"hello\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET http://192.0.2.1/ HTTP/1.1\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET / HTTP/1.1\r\nx: " + b"y" * 1_000_000, b""),
        (b"POST /predict HTTP/1.1\r\ncontent-length: 99999999999999\r\n\r\n", b"HTTP/1.1 400 "),
        (b"POST /predict HTTP/1.1\r\ncontent-length: -1\r\n\r\n", b"HTTP/1.1 400 "),
        (b"POST /predict HTTP/1.1\r\ncontent-length: 9999999\r\n\r\n", b"HTTP/1.1 413 "),
        (b"POST /predict HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nfffffff\r\n", b"HTTP/1.1 413 "),
        (b"POST /predict HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nx\r\n", b"HTTP/1.1 400 "),
        (b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 1\r\n\r\n", b"HTTP/1.1 400 "),
    ],
)  # fmt: skip
def test_what_is_no_request_ends_its_own_connection(backend: Backend, data: bytes, answer: bytes) -> None:
    try:
        found = said_to(backend, data)
    except ConnectionError:
        found = b""
    assert found[: len(answer)] == answer
    assert httpx.get(backend.url).json() == "hello"
    assert backend.count() == 1


def test_who_is_slow_is_dropped(bounded: Callable[..., Backend]) -> None:
    backend = bounded(request_s=0.2)
    assert said_to(backend, b"GET / HT") == b""
    assert backend.count() == 0


def test_connections_are_bounded(bounded: Callable[..., Backend]) -> None:
    backend = bounded(connections=2)
    with httpx.Client(base_url=backend.url) as one, httpx.Client(base_url=backend.url) as two:
        assert one.get("/").json() == two.get("/").json() == "hello"
        with pytest.raises(httpx.TransportError):
            httpx.get(backend.url)
        assert one.get("/").json() == "hello"
    assert backend.count() == 3


def test_the_code_of_students_talks_to_it_until_the_check_ends(student: Student) -> None:
    def predict(asked: Any) -> Any:
        return {"label": asked.json()["text"][::-1]}

    backend = student.backend({"POST /predict": predict})
    student.write("frontend.py", FRONTEND)
    with student.serve(["python", "frontend.py"], env={"BACKEND": backend.url}) as frontend:
        assert frontend.get("/").expect(200).text == '<p>{"label": "tac"}</p>'
    assert backend.count("POST /predict") == 1
    student.calls.end()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", backend.port))


def test_it_starts_and_ends_inside_of_a_running_loop() -> None:
    async def inside() -> int:
        backend = Backend({"GET /": "ok"})
        backend.stop()
        return backend.count()

    assert asyncio.run(inside()) == 0
