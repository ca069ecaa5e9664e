"""Servers of students that mean well: started, asked, stopped; on this machine, with real processes."""

from __future__ import annotations

import socket
import sys

import pytest

from grader.suite import StudentFault, request
from grader.suite.student.student import Student

HTTP_SERVER = ["python", "-m", "http.server", "$PORT", "--bind", "127.0.0.1"]


def test_a_server_of_the_standard_library_is_asked(student: Student) -> None:
    with student.serve(HTTP_SERVER, ready="/") as server:
        assert server.get("/page.html").expect(200).text == "<p>A page</p>"
        assert server.get("/none").status == 404
        assert "GET /none" in server.output


def test_requests_and_answers_arrive_as_they_were_sent(student: Student) -> None:
    with student.serve(["python", "app/main.py"], env={"MARK": "yes"}) as server:
        got = server.post("/a b", query={"x": 1}, json=[1, 2]).expect(200)
        assert got.headers["x-twice"] == "a, b"
        assert got.json() == {
            "method": "POST",
            "path": "/a b",
            "query": "x=1",
            "body": "[1, 2]",
            "kind": "application/json",
            "mark": "yes",
        }
        assert server.ask(request("DELETE", "/x")).json()["method"] == "DELETE"


def test_a_server_starts_in_the_folder_that_is_named(student: Student) -> None:
    with student.serve(HTTP_SERVER, cwd="app") as server:
        assert "wsgiref" in server.get("/main.py").expect(200).text


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM")
def test_the_last_words_of_a_server_that_is_stopped_can_be_read(student: Student) -> None:
    with student.serve(["python", "app/main.py"]) as server:
        server.get("/").expect(200)
    ended = server.stop()
    assert ended.succeeded().stdout.splitlines() == ["Hello", "Goodbye"]


def test_two_servers_and_other_calls_live_beside_each_other(student: Student) -> None:
    with student.serve(HTTP_SERVER) as pages, student.serve(["python", "app/main.py"]) as app:
        assert pages.port != app.port
        assert student.run(["python", "-c", "print(1)"]).succeeded().stdout.strip() == "1"
        student.write("new.html", "new")
        assert student.read("new.html") == "new"
        assert "new.html" in student.files()
        assert pages.get("/new.html").expect(200).text == "new"
        assert app.get("/x").expect(200).json()["path"] == "/x"
        pages.stop()
        assert app.get("/y").expect(200).json()["path"] == "/y"
    assert student.read("new.html") == "new"


def test_a_check_that_asks_a_server_that_it_has_stopped_is_at_fault(student: Student) -> None:
    with student.serve(HTTP_SERVER) as server:
        server.stop()
        with pytest.raises(RuntimeError, match="stopped"):
            server.get("/")


def test_a_check_that_leaves_a_server_running_leaves_none_behind(student: Student) -> None:
    block = student.serve(HTTP_SERVER)
    server = block.__enter__()
    server.get("/").expect(200)
    student.calls.end()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


def test_a_command_that_does_not_exist_is_named(student: Student) -> None:
    with (
        pytest.raises(StudentFault, match="ended before it accepted a connection") as raised,
        student.serve(["no-such"]),
    ):
        pass
    assert raised.value.kind == "exited"
    assert "No such file" in raised.value.evidence[0].text


def test_the_last_words_hold_no_port(student: Student) -> None:
    source = "import os, sys; sys.exit('cannot listen on ' + os.environ['PORT'])"
    with pytest.raises(StudentFault) as raised, student.serve(["python", "-c", source]):
        pass
    assert raised.value.evidence[0].text == "cannot listen on $PORT"
