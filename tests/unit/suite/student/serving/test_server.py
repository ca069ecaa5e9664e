"""Servers of students that mean well: started, asked, stopped; on this machine, with real processes."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from grader.suite import StudentFault, request
from grader.suite.missing import Excuses
from grader.suite.student.calls import Calls
from grader.suite.student.student import Student

pytestmark = pytest.mark.process

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


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM")
def test_a_server_that_a_shell_started_has_last_words_too(student: Student) -> None:
    with student.serve(["sh", "-c", f"{sys.executable} app/main.py; true"]) as server:
        server.get("/").expect(200)
    assert "Goodbye" in server.stop().stdout


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM")
def test_what_is_printed_before_the_end_by_a_signal_is_not_lost(student: Student) -> None:
    """As uvicorn does: the signal is raised once more at the very end, and nothing is flushed."""
    student.write("raises.py", RAISES)
    with student.serve(["python", "raises.py"]) as server:
        pass
    ended = server.stop()
    assert (ended.returncode, ended.stdout) == (-signal.SIGTERM, "Goodbye\n")


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


def test_a_death_is_blamed_on_the_code_while_any_of_it_runs(student: Student) -> None:
    calls = student.calls
    said: list[bool] = []
    watched = Student(Calls(calls.launcher, calls.limits, ["."], said.append), Excuses())
    with watched.serve(HTTP_SERVER), watched.serve(HTTP_SERVER):
        watched.run(["python", "-c", "pass"])
        assert said == [True]
    assert said == [True, False]


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


RAISES = """
import os, signal, socket

def goodbye(number, frame):
    print("Goodbye")
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)

signal.signal(signal.SIGTERM, goodbye)
with socket.create_server(("127.0.0.1", int(os.environ["PORT"]))) as desk:
    while True:
        desk.accept()[0].close()
"""


TAKEN = """
import os, pathlib, sys, time
from http.server import HTTPServer, SimpleHTTPRequestHandler

port, taken = pathlib.Path("port.txt"), pathlib.Path("taken.txt")
if not taken.exists():
    port.with_suffix(".part").write_text(os.environ["PORT"])
    port.with_suffix(".part").rename(port)
    while not taken.exists():
        time.sleep(0.01)
    sys.exit("the port is taken")
HTTPServer(("127.0.0.1", int(os.environ["PORT"])), SimpleHTTPRequestHandler).serve_forever()
"""


def test_a_port_that_somebody_else_took_is_changed_once(student: Student) -> None:
    """Somebody else listens on the port before the server does, so that connections are accepted where it is not ready."""
    student.write("taken.py", TAKEN)
    work = student.calls.work()
    found: list[int] = []

    def take() -> None:
        while not (work / "port.txt").exists():
            time.sleep(0.01)
        found.append(int((work / "port.txt").read_text()))
        somebody.bind(("127.0.0.1", found[0]))
        somebody.listen()
        (work / "taken.txt").write_text("yes")

    with socket.socket() as somebody:
        thread = threading.Thread(target=take)
        thread.start()
        with student.serve(["python", "taken.py"]) as server:
            assert server.port != found[0]
            assert server.get("/taken.txt").expect(200).text == "yes"
        thread.join()


HELD = """
import os, socket, time

desk = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
while True:
    connection, _ = desk.accept()
    if connection.recv(100):
        if os.fork():
            os._exit(7)
        time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it forks")
def test_a_connection_that_outlives_its_server_is_closed(student: Student) -> None:
    with (
        pytest.raises(StudentFault, match=r"ended while it was asked for `GET /x` \(exit code 7\)"),
        student.serve(["python", "-c", HELD]) as server,
    ):
        server.get("/x")


def test_a_path_has_to_be_answered_before_a_server_is_ready(student: Student) -> None:
    source = "import os, socket, time; s = socket.create_server(('127.0.0.1', int(os.environ['PORT']))); time.sleep(60)"
    with (
        pytest.raises(
            StudentFault,
            match=r"it gives no answer to `GET /health`: `GET /health` was not answered in time\.",
        ) as raised,
        student.serve(["python", "-c", source], ready="/health", timeout=5),
    ):
        pass
    assert raised.value.kind == "timeout"


def test_a_suite_starts_without_the_client() -> None:
    source = "import sys, grader.suite, grader.suite.student.student; print({'httpx', 'psutil'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert found.stdout == "set()\n"
