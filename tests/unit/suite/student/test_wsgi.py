"""Raw WSGI applications, asked in real processes."""

from __future__ import annotations

import re

import pytest

from grader.suite import StudentFault, get, post, request
from tests.student_code import Code

pytestmark = pytest.mark.process

SOURCE = """
import json, os, time
from wsgiref.validate import validator

seen = []

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/raise":
        raise KeyError("lost")
    if path == "/twice":
        start_response("200 OK", [])
        start_response("200 OK", [])
    if path == "/never":
        return [b"x"]
    if path == "/odd":
        start_response("ok", [])
        return []
    if path == "/exit":
        os._exit(0)
    if path == "/hang":
        time.sleep(60)
    if path == "/endless":
        start_response("200 OK", [])
        return iter(lambda: b"tick", None)
    if path == "/half":
        start_response("200 OK", [])
        def parts():
            yield b"one"
            raise OSError("the disk is full")
        return parts()
    if path == "/again":
        start_response("200 OK", [])
        try:
            1 / 0
        except ZeroDivisionError:
            import sys
            start_response("503 Busy", [("X-Own", "1")], sys.exc_info())
        return [b"busy"]
    size = int(environ.get("CONTENT_LENGTH") or 0)
    seen.append(environ["wsgi.input"].read(size).decode())
    write = start_response("201 Created", [("Content-Type", "application/json")])
    query = environ["QUERY_STRING"]
    return [json.dumps({"seen": seen, "query": query, "kind": environ.get("CONTENT_TYPE"), "path": path,
                        "own": environ.get("HTTP_X_OWN")}).encode()]
app = app
valid = validator(app)
"""


def test_state_is_kept_and_a_request_arrives_as_from_a_server(code: Code) -> None:
    api = code({"wsgi.py": SOURCE}).wsgi("wsgi.py")
    talk = api.ask(post("/b æ", json=[1], query={"q": "a b"}, headers={"X-Own": "yes"}), get("/c"))
    first, second = talk
    assert first.expect(201).json() == {
        "seen": ["[1]"],
        "query": "q=a+b",
        "kind": "application/json",
        "path": "/b æ".encode().decode("latin-1"),
        "own": "yes",
    }
    assert second.json()["seen"] == ["[1]", ""]
    assert first.headers == {"content-type": "application/json"}
    assert (talk.started, talk.stopped) == (False, False)


def test_the_standard_librarys_validator_has_nothing_to_say(code: Code) -> None:
    answers = code({"wsgi.py": SOURCE}).wsgi("wsgi.py", "valid").ask(post("/", body=b"x"), get("/"))
    assert [(answer.status, answer.raised) for answer in answers] == [(201, ""), (201, "")]


@pytest.mark.parametrize(
    ("path", "status", "raised"),
    [
        ("/raise", 500, r"KeyError: 'lost' \(wsgi.py, line \d+\)"),
        ("/twice", 500, "called twice"),
        ("/never", 500, "before `start_response`"),
        ("/odd", 500, "ValueError"),
        ("/half", 200, "the disk is full"),
        ("/again", 503, "^$"),
    ],
)
def test_a_request_that_raises_is_answered_as_by_a_server(
    code: Code, path: str, status: int, raised: str
) -> None:
    first, second = code({"wsgi.py": SOURCE}).wsgi("wsgi.py").ask(get(path), get("/"))
    assert (first.status, second.status) == (status, 201)
    assert re.search(raised, first.raised), first.raised
    assert first.cut == (path == "/half")


def test_an_endless_body_is_cut_off(code: Code) -> None:
    first, second = code({"wsgi.py": SOURCE}).wsgi("wsgi.py").ask(get("/endless"), request("HEAD", "/"))
    assert (first.status, first.cut, first.raised) == (200, True, "")
    assert (second.status, second.body) == (201, b"")


@pytest.mark.parametrize(("path", "kind"), [("/exit", "exited"), ("/hang", "timeout")])
def test_a_request_that_never_ends_is_named(code: Code, path: str, kind: str) -> None:
    with pytest.raises(StudentFault, match=f"`GET {path}`") as fault:
        code({"wsgi.py": SOURCE}).wsgi("wsgi.py").ask(get("/"), get(path), timeout=6)
    assert fault.value.kind == kind
