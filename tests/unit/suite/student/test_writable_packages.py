"""A package that writes into its own folder gets a copy of itself, in the places of one check; all others cost nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.suite import StudentFault, get
from grader.suite.checks import CheckSpec
from grader.suite.session import Session
from grader.suite.student.launch import Ended
from grader.suite.student.student import Student
from grader.suite.student.writable_packages import said_of_failure, written_packages
from tests.student_code import Files

Installed = Callable[[Files, Files], Session]

#: A package with a cache in its own folder. The environment of these tests is writable, so it refuses as a read-only one does.
CACHING = """
import errno, os, pathlib
SHARED = "environment"
def put(name, text):
    path = pathlib.Path(__file__).resolve().parent / name
    if SHARED in path.parts:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
    path.write_text(text)
    return str(path)
"""
PACKAGE: Files = {
    "caching/__init__.py": CACHING,
    "caching/words.txt": "one two",
    "caching.libs/libx.so.1": b"x",
}
AT_IMPORT: Files = {**PACKAGE, "caching/__init__.py": f"{CACHING}\nput('cache.json', '1')\n"}
SPEC = CheckSpec(title="t", points=1)


def checks_of(session: Session) -> Callable[[str], Student]:
    def begin(name: str) -> Student:
        session.begin(f"M1.{name}", SPEC)
        return session.student()

    return begin


@pytest.fixture
def student(installed: Installed) -> Callable[[Files, Files], Student]:
    return lambda files, packages: installed(files, packages).student()


def installed_files(session: Session) -> set[str]:
    folder = Path(session.job["student"]["python"][0]).parent.parent
    return {
        path.name for path in folder.rglob("*") if "cach" in str(path) and "__pycache__" not in path.parts
    }


@pytest.mark.process
@pytest.mark.parametrize(
    "run",
    [
        lambda student: student.load("main.py").get("path").value(str),
        lambda student: student.probe("import main; result = main.path"),
        lambda student: student.run(["python", "main.py"]).succeeded().stdout.strip(),
        lambda student: student.run_module("main", []).succeeded().stdout.strip(),
        lambda student: student.notebook("nb.ipynb").path.value(str),
        lambda student: student.asgi("app.py").ask(get("/"))[0].expect(200).text,
        lambda student: student.wsgi("wsgi.py").ask(get("/"))[0].expect(200).text,
    ],
    ids=["load", "probe", "run", "run_module", "notebook", "asgi", "wsgi"],
)
def test_a_package_that_writes_into_itself_works(student: Any, run: Callable[[Student], str]) -> None:
    made = "import caching\npath = caching.put('cache.json', '1')\n"
    cell = '{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {}, "outputs": [], "source": %s}'
    files = {
        "main.py": f"{made}print(path)\n",
        "nb.ipynb": '{"cells": [%s], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
        % (cell % "\"import caching\\npath = caching.put('cache.json', '1')\""),
        "app.py": "import caching\nasync def app(scope, receive, send):\n"
        "    if scope['type'] != 'http':\n        return\n"
        "    path = caching.put('cache.json', '1')\n"
        "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
        "    await send({'type': 'http.response.body', 'body': path.encode()})\n",
        "wsgi.py": "import caching\ndef app(environ, start):\n    path = caching.put('cache.json', '1')\n"
        "    start('200 OK', [])\n    return [path.encode()]\n",
    }
    assert run(student(files, PACKAGE)).endswith(
        str(Path("grader-packages/site-packages/caching/cache.json"))
    )


@pytest.mark.process
def test_a_server_that_fails_at_its_start_starts_again(student: Any) -> None:
    files = {
        "server.py": "import caching, os, http.server as h\n"
        "class Handler(h.BaseHTTPRequestHandler):\n    def do_GET(self):\n"
        "        self.send_response(200); self.end_headers(); self.wfile.write(b'ok')\n"
        "h.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()\n"
    }
    with student(files, AT_IMPORT).serve(["python", "server.py"]) as server:
        assert server.get("/").expect(200).text == "ok"


@pytest.mark.process
def test_a_server_whose_first_answer_fails_starts_again_and_not_later(student: Any) -> None:
    files = {
        "server.py": "import os, http.server as h\nasked = 0\n"
        "class Handler(h.BaseHTTPRequestHandler):\n    def do_GET(self):\n"
        "        global asked\n        asked += 1\n        code = 200\n        try:\n"
        "            if self.path == '/first':\n                import caching; caching.put('cache.json', '1')\n"
        "            if self.path == '/later':\n                import other; other.put('cache', '1')\n"
        "        except OSError:\n            import traceback; traceback.print_exc(); code = 500\n"
        "        self.send_response(code); self.end_headers(); self.wfile.write(str(asked).encode())\n"
        "h.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()\n"
    }
    with student(files, {**PACKAGE, "other.py": CACHING}).serve(
        ["python", "server.py"], ready="/ready"
    ) as server:
        assert server.get("/first").expect(200).text == "2"
        assert server.get("/later").status == 500
        assert server.get("/").expect(200).text == "4"


@pytest.mark.process
def test_nothing_is_shared_and_the_next_check_has_its_own(installed: Installed) -> None:
    session = installed(
        {"main.py": "import caching, os\nprint(os.listdir(os.path.dirname(caching.__file__)))\n"}, PACKAGE
    )
    begin, before = checks_of(session), installed_files(session)
    first = begin("first")
    first.probe("import caching; caching.put('planted.py', '1')")
    assert "planted.py" in first.run(["python", "main.py"]).stdout
    session.finish("M1.first", SPEC, None)
    # The name is known: the copy is made before the first process, which does not have to fail again.
    second = begin("second")
    second.probe("import os; open('runs', 'a').write('1'); import caching; caching.put('cache.json', '1')")
    assert second.read("runs") == "1"
    listed = second.run(["python", "main.py"]).stdout
    assert "cache.json" in listed
    assert "planted.py" not in listed
    assert installed_files(session) == before


@pytest.mark.process
def test_what_needs_no_copy_runs_once(installed: Installed) -> None:
    code = "import os, sys\nopen('runs', 'a').write('1')\n"
    session = installed(
        {
            "well.py": f"{code}print(\"Permission denied: '/x/site-packages/caching/a'\")\n",
            "own.py": f"{code}raise PermissionError(13, 'Permission denied', '/data/site/a')\n",
            "gone.py": f"{code}raise PermissionError(13, 'Permission denied', '/x/site-packages/nosuch/a')\n",
        },
        PACKAGE,
    )
    for name in ("well", "own", "gone"):
        student = checks_of(session)(name)
        student.run(["python", f"{name}.py"])
        assert student.read("runs") == "1"
        session.finish(f"M1.{name}", SPEC, None)


@pytest.mark.process
def test_a_name_of_the_standard_library_is_never_copied(student: Any) -> None:
    source = "import json\nraise PermissionError(13, 'Permission denied', '/x/site-packages/json/cache')\n"
    ours = student({"main.py": source}, {"json/__init__.py": "loads = None\n"})
    assert ours.run(["python", "main.py"]).returncode == 1
    assert ours.probe("import json; result = json.loads('1')") == 1


@pytest.mark.process
def test_the_students_own_module_still_goes_before_the_copy(student: Any) -> None:
    files: Files = {"src/caching/__init__.py": "mine = True\n", "main.py": "import other\n"}
    other: Files = {"other.py": f"{CACHING}put('other_cache', '1')\n"}
    ours = student(files, {**PACKAGE, **other})
    ours.run(["python", "main.py"]).succeeded()
    assert ours.probe("import caching; result = caching.mine") is True


@pytest.mark.process
def test_what_does_not_fit_goes_on_without_and_says_why(installed: Installed) -> None:
    session = installed({"main.py": "import caching\n"}, {**AT_IMPORT, "caching/big.txt": "x" * 900_000})
    session._limits["tmp_bytes"] = 1_000_000
    student = session.student()
    with pytest.raises(StudentFault, match="Read-only file system"):
        student.load("main.py").value()
    assert not student.calls.packages.folders


@pytest.mark.process
def test_large_files_and_compiled_code_are_linked(student: Any) -> None:
    packages: Files = {**AT_IMPORT, "caching/weights.bin": b"x" * 2_000_000, "caching/fast.so": b"x"}
    found = student({"main.py": "import caching\n"}, packages).probe(
        "import caching, os; folder = os.path.dirname(caching.__file__)\n"
        "result = {name: os.path.islink(os.path.join(folder, name)) for name in os.listdir(folder) if '.' in name}\n"
        "result['libs'] = os.path.isfile(folder + '.libs/libx.so.1')"
    )
    assert found["libs"]
    assert {name for name, linked in found.items() if linked} == {"weights.bin", "fast.so", "libs"}


def ended(stderr: str = "", stdout: str = "", reply: bytes = b"", code: int = 1) -> Ended:
    return Ended(
        returncode=code,
        stdout=stdout.encode(),
        stderr=stderr.encode(),
        stdout_cut=False,
        stderr_cut=False,
        reply=reply,
        timed_out=False,
        out_of_memory=False,
        duration_s=0.1,
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("OSError: [Errno 30] Read-only file system: '/e/lib/python3.11/site-packages/nltk/data'", ["nltk"]),
        (
            "PermissionError: [Errno 13] Permission denied: 'C:\\\\e\\\\Lib\\\\site-packages\\\\nltk'",
            ["nltk"],
        ),
        ("OSError: [Errno 30] Read-only file system: '/tmp/a' -> '/e/site-packages/yolo/b'", ["yolo"]),
        (
            "Unable to create file (name = '/e/site-packages/h5/a.h5', error = 'Read-only file system')",
            ["h5"],
        ),
        (
            'File "/w/main.py", line 1, in f\nFile "/e/site-packages/shelved/db.py", line 4, in put\n'
            "sqlite3.OperationalError: unable to open database file",
            ["shelved"],
        ),
        (
            'File "/e/site-packages/one.py", line 4, in put\nFile "/usr/lib/python3.11/pathlib.py", line 9, in mkdir\n'
            "OSError: [Errno 30] Read-only file system: '/e/site-packages/one_cache'",
            ["one_cache", "one"],
        ),
        # The students' own data base, and a place of their own.
        ('File "/w/main.py", line 1, in f\nsqlite3.OperationalError: unable to open database file', []),
        ("PermissionError: [Errno 13] Permission denied: '/data/raw'", []),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/e/site-packages/nltk/data'", []),
    ],
)
def test_what_failed_to_write_is_read_from_what_was_said(text: str, names: list[str]) -> None:
    assert written_packages(text) == names
    assert written_packages(said_of_failure(ended(stderr=text))) == names


def test_only_what_failed_is_read() -> None:
    said = "Permission denied: '/e/site-packages/nltk/a'"
    assert said_of_failure(ended(stderr=said, code=0)) == ""
    assert said_of_failure(ended(reply=f'nonce\n{{"values":["{said}"]}}'.encode(), code=0)) == ""
    assert "nltk" in said_of_failure(
        ended(reply=f'nonce\n{{"fault":"exception","message":"{said}"}}'.encode())
    )
    assert said_of_failure(ended(reply=b'nonce\n{"fault":"-packages', code=0)) == ""
