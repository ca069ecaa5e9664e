"""M24: the application of the exercise broken in one way, and the students' tests on it."""

import hashlib
import posixpath
from dataclasses import replace

from grader.suite import StudentFault, evidence, shared, work_folders

from ..common import applications
from ..common.pytest_settings import PLAINLY
from ..common.python import FINDABLE

#: Seconds and CPU seconds of one run of the students' tests.
WALL_S, CPU_S = 40.0, 20
MOST_ROUTES = 12
#: What can be done to the answers of one route; the digest of a word says which, and how, so that the text of a change does not.
WAYS = ("not at all", "answer", "status", "failure")
#: Changes that are none, one for so many that are, and at most so many: tests that fail there look at something else.
_CHANGES_A_CONTROL, _MOST_CONTROLS = 3, 4
#: Exit codes of pytest where nothing is noticed: all passed, and no test was found. While they are collected, tests may ask, too.
_PASSED = (0, 5)

#: Put behind the module that makes the application: one route answers otherwise, and each request to it leaves a line. What comes
#: in another's place has its form, the same fields and types and as many letters: who does not know the answer sees nothing.
_CHANGE = """

def _change(word, method, path, log):
    import hashlib, json, os, re
    import fastapi

    digest = int(hashlib.sha256(word.encode()).hexdigest(), 16)
    ask = fastapi.FastAPI.__call__

    def other(value):
        if isinstance(value, dict):
            return {{name: other(inner) for name, inner in value.items()}} or {{"x": 1}}
        if isinstance(value, list):
            return [other(inner) for inner in value] or [1]
        if isinstance(value, bool):
            return not value
        if isinstance(value, int | float):
            return value - 1 if value >= 1 and digest >> 9 & 1 else value + 1
        return "".join(map(turned, value)) if value and any(map(str.isalnum, value)) else f"x{{value or ''}}"

    def turned(char):
        for first, most in (("a", 26), ("A", 26), ("0", 10)):
            if 0 <= ord(char) - ord(first) < most:
                return chr(ord(first) + (ord(char) - ord(first) + 1 + (digest >> 16) % (most - 1)) % most)
        return char if char.isascii() else "x"

    def changed(body):
        try:
            return json.dumps(other(json.loads(body))).encode()
        except ValueError:
            return other(body.decode()).encode() if body.isascii() else body + b"?"

    async def between(self, scope, receive, send):
        mine = scope["type"] == "http" and scope["method"] == method and re.fullmatch(path, scope["path"])
        if not mine or word in scope:
            return await ask(self, scope, receive, send)
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), log), "a") as file:
            file.write(word)
        start, body = {{}}, b""

        async def keep(message):
            nonlocal body
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")

        await ask(self, {{**scope, word: True}}, receive, keep)
        good, way = start["status"] < 400, digest % 4
        if good and (way == 2 or (way == 1 and not body)):
            start["status"] += (start["status"] + 3 + (digest >> 16) % 6) % 10 - start["status"] % 10
        elif way == 3:
            start.update(status=500, headers=[(b"content-type", b"text/plain; charset=utf-8")])
            body = b"Internal Server Error"
        elif good and way == 1:
            body = changed(body)
            kept = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
            start["headers"] = [*kept, (b"content-length", str(len(body)).encode())]
        await send(start)
        await send({{"type": "http.response.body", "body": body}})

    fastapi.FastAPI.__call__ = between


_change({word!r}, {method!r}, {path!r}, {log!r})
"""


def test_files(submission):
    """The files in which pytest finds the students' tests."""
    return [path for path in submission.files("**/*.py") if FINDABLE.search(path)]


def run_tests(student, paths, *, first=False):
    """One run of the students' tests."""
    more = ["-x"] if first else []
    return student.run_module("pytest", [*PLAINLY, *more, *paths], timeout=WALL_S, cpu_s=CPU_S)


@shared
def routes_as_data(student, submission):
    return applications.described(student, submission)


def routes(student, submission):
    """The routes of the application that the tests are about: it has to be one that takes something."""
    found = applications.operations(routes_as_data(student, submission))
    takes = any(route.in_path or route.in_query for route in found)
    assert takes, "The application is not one to test: it has no route with a parameter."
    assert any(route.body for route in found), "The application is not one to test: no route takes a body."
    return found[:MOST_ROUTES]


@shared
def unnoticed(student, submission, rng):
    """What the tests do not notice: `{"routes": […], "answer": […], "status": […], "failure": […]}`, all of them routes as text.

    A route of which the tests notice another answer is one that they ask. Some of the changes leave everything as it is, or are
    of a route that nobody has: tests that fail there look at the code of the application, not at what it answers.
    """
    found = routes(student, submission)
    tries = [(route, way) for route in found for way in ("answer", "status")]
    controls = min(1 + len(tries) // _CHANGES_A_CONTROL, _MOST_CONTROLS)
    tries += [(rng.choice(found), "not at all") for _ in range(controls)] + [(_nowhere(rng, found), "answer")]
    rng.shuffle(tries)
    left = {"routes": [str(route) for route in found], "answer": [], "status": [], "failure": []}
    while tries:
        route, way = tries.pop()
        is_control = way == "not at all" or route not in found
        noticed, ended, said = _tried(student, submission, rng, route, way, control=is_control)
        if is_control:
            why = "The tests fail where no answer is another than before: they look at the code, or fail at random."
            assert not noticed, [why, evidence("(pytest)", None, said)]
        elif not noticed:
            evidence(route.place.path, None, f"{_SAID[way]} {route}: no test of it failed: {said}")
            left[way].append(str(route) if ended in _PASSED else f"{route} (never asked: exit code {ended})")
            if way == "answer":
                tries.append((route, "failure"))
    return left


_SAID = {"answer": "other values in the answer of", "status": "another status of", "failure": "status 500 of"}


def _nowhere(rng, found):
    """A route that looks like one of the application's, and is none."""
    route = rng.choice(found)
    last = "".join(rng.choice("abcdefghiklmnoprstu") for _ in range(rng.randrange(4, 9)))
    return replace(route, path=f"{route.path.rstrip('/')}/{last}")


def _word(rng, way):
    """A word whose digest says this way."""
    while True:
        word = f"{rng.getrandbits(64):016x}"
        if int(hashlib.sha256(word.encode()).hexdigest(), 16) % len(WAYS) == WAYS.index(way):
            return word


def _tried(student, submission, rng, route, way, *, control):
    """Whether a test fails when a route answers in this way, having asked it unless this is a `control`; how pytest ended, and
    what it said.
    """
    path, source = route.place.path, submission.text(route.place.path)
    log = f"asked_{rng.getrandbits(60):x}"
    pattern = "".join(
        _pattern(part) for part in route.path.replace("{", "\0{").replace("}", "}\0").split("\0")
    )
    change = _CHANGE.format(word=_word(rng, way), method=route.method, path=pattern, log=log)
    where = posixpath.join(posixpath.dirname(path), log)
    student.write(path, source + change)
    try:
        done = run_tests(student, test_files(submission), first=True)
        asked = student.exists(where)
        # Another test failed before the one that asks this route had its turn.
        if done.returncode not in _PASSED and not asked and not control:
            done = run_tests(student, test_files(submission))
            asked = student.exists(where)
    except StudentFault as fault:
        # Tests that do not end have noticed a change; where there is none, their time is all that is said of them.
        if fault.kind != "timeout" or control:
            raise
        return True, 1, ""
    finally:
        student.write(path, source)
    said = "\n".join(done.output.strip().splitlines()[-8:])[-600:]
    return done.returncode not in _PASSED and (control or asked), done.returncode, said


def _pattern(part):
    """A part of a path as a regular expression: a parameter in braces is anything without a slash."""
    if part.startswith("{"):
        return "[^/]+"
    return "".join(char if char.isalnum() or char in "/_-" else f"\\{char}" for char in part)


def folders(submission):
    """The folders of the exercise: those of tests that use a client of an application, and of locust files."""
    tests = [
        place.path for place in submission.imports("fastapi.testclient", "starlette.testclient", tests=True)
    ]
    return work_folders(
        submission, [*tests, *(place.path for place in submission.imports("locust", tests=True))]
    )
