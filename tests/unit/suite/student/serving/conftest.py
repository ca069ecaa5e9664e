"""The student of one check, in a repository with a page and a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.suite import check
from grader.suite.checks import spec_of
from grader.suite.student.student import Student
from grader.testing import plain_session
from tests.git_command import git

WSGI = """
import json, os, signal
from wsgiref.simple_server import make_server

def app(environ, start_response):
    size = int(environ.get("CONTENT_LENGTH") or 0)
    said = {"method": environ["REQUEST_METHOD"], "path": environ["PATH_INFO"], "query": environ["QUERY_STRING"],
            "body": environ["wsgi.input"].read(size).decode(), "kind": environ.get("CONTENT_TYPE"), "mark": os.environ.get("MARK")}
    start_response("200 OK", [("Content-Type", "application/json"), ("X-Twice", "a"), ("X-Twice", "b")])
    return [json.dumps(said).encode()]

def goodbye(number, frame):
    print("Goodbye", flush=True)
    os._exit(0)

signal.signal(signal.SIGTERM, goodbye)
with make_server("127.0.0.1", int(os.environ["PORT"]), app) as server:
    print("Hello", flush=True)
    server.serve_forever()
"""


@pytest.fixture
def student(tmp_path: Path) -> Iterator[Student]:
    """The student of one check, in a repository with a page and a server."""
    (tmp_path / "page.html").write_text("<p>A page</p>")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text(WSGI)

    git(tmp_path, "init", "-q")

    @check("A server", points=1)
    def test_server() -> None: ...

    spec = spec_of(test_server)
    assert spec is not None
    session = plain_session(tmp_path)
    session.begin("M0.server", spec)
    yield session.student()
    assert session.finish("M0.server", spec, None).verdict == "passed"
