"""M24: the application of the exercise broken in one way, and the students' tests on it."""

from grader.suite import StudentFault, evidence, shared, work_folders

from ..common import applications
from ..common.python import FINDABLE

#: Seconds and CPU seconds of one run of the students' tests.
WALL_S, CPU_S = 40.0, 20
_QUIETLY = ("-q", "--tb=line", "-p", "no:cacheprovider", "-o", "addopts=")

#: Put behind the application: one route that answers otherwise. `{how}` is one of `raise`, `status` and `answer`.
_BROKEN = """

class _Broken:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        import json, re
        mine = scope["type"] == "http" and scope["method"] == {method!r} and re.fullmatch({path!r}, scope["path"])
        if not mine:
            return await self.app(scope, receive, send)
        if {how!r} == "raise":
            raise RuntimeError("broken")
        start, body = {{}}, b""

        async def keep(message):
            nonlocal body
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                body += message.get("body", b"")

        await self.app(scope, receive, keep)
        if start["status"] < 300:
            if {how!r} == "status":
                start["status"] += 3
            else:
                body = json.dumps(self.other(json.loads(body))).encode()
                kept = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
                start["headers"] = [*kept, (b"content-length", str(len(body)).encode())]
        await send(start)
        await send({{"type": "http.response.body", "body": body}})

    def other(self, value):
        if isinstance(value, dict):
            return {{name: self.other(inner) for name, inner in value.items()}}
        if isinstance(value, list):
            return [self.other(inner) for inner in value]
        return not value if isinstance(value, bool) else value + 1 if isinstance(value, int | float) else str(value) + "?"


{app}.add_middleware(_Broken)
"""


def test_files(submission):
    """The files in which pytest finds the students' tests."""
    return [path for path in submission.files("**/*.py") if FINDABLE.search(path)]


def run_tests(student, paths, *, first=False):
    """One run of the students' tests."""
    more = ["-x"] if first else []
    return student.run_module("pytest", [*_QUIETLY, *more, *paths], timeout=WALL_S, cpu_s=CPU_S)


@shared
def routes_as_data(student, submission):
    return applications.described(student, submission)


def routes(student, submission):
    """The routes of the application that the tests are about."""
    found = applications.operations(routes_as_data(student, submission))
    assert found, "The application has no route."
    return found[:12]


def unnoticed(student, submission, how):
    """The routes of which the tests do not notice that they are broken in this way."""
    paths = test_files(submission)
    left = []
    for route in routes(student, submission):
        source = submission.text(route.place.path)
        pattern = "".join(
            _pattern(part) for part in route.path.replace("{", "\0{").replace("}", "}\0").split("\0")
        )
        broken = _BROKEN.format(method=route.method, path=pattern, how=how, app=route.place.app)
        student.write(route.place.path, source + broken)
        try:
            done = run_tests(student, paths, first=True)
        except StudentFault as fault:
            if fault.kind != "timeout":
                raise
            done = None
        student.write(route.place.path, source)
        if done is not None and done.returncode != 1:
            evidence(route.place.path, None, f"{route} was broken, and no test failed")
            left.append(str(route))
    return left


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
