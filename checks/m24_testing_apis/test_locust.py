"""M24: the students' load test, run for a few seconds against a server of the suite's own, which counts."""

import re

from grader.suite import StudentFault, check, evidence

from ._common import routes

_RUN_S = 5


def _answer(route):
    """What the server says to a request of this route: 422 to a body that lacks what the application asks for."""

    def answer(asked):
        if not route.body:
            return {}
        try:
            sent = asked.json()
        except StudentFault:
            return 422, {"detail": "no JSON"}
        missing = [name for name in route.fields if not isinstance(sent, dict) or name not in sent]
        return (422, {"detail": missing}) if missing else {}

    return answer


@check(
    "The load test asks for what the API has, without a failure",
    points=4,
    questions=[24],
    scope="exercises",
    environment="required",
    requires=["integration_tests_pass"],
    timeout=120,
    hint="`locust -f locustfile.py --headless -u 2 -t 5s --host http://localhost:8000` shows which requests fail.",
)
def test_load_test_runs(submission, student):
    files = [place.path for place in submission.imports("locust", tests=True)]
    assert files, "There is no locust file: a class that inherits from `HttpUser`."
    evidence(files[0])
    found = routes(student, submission)
    statuses = []

    def at(route):
        answer = _answer(route)

        def answered(asked):
            known = re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", route.path), asked.path)
            result = answer(asked) if known else (404, {"detail": "Not Found"})
            statuses.append(result[0] if isinstance(result, tuple) else 200)
            return result

        return answered

    backend = student.backend(
        {f"{route.method} {re.sub(r'{.*', '*', route.path)}": at(route) for route in found}
    )
    asked = ["--headless", "-u", "2", "-r", "2", "-t", f"{_RUN_S}s", "--only-summary", "--host", backend.url]
    done = student.run_tool("locust", ["-f", files[0], *asked], timeout=60, cpu_s=30)
    sent = backend.requests
    wrong = len(sent) - statuses.count(200)
    assert sent, f"Locust ran for {_RUN_S} seconds and sent no request: {done.output.strip()[-200:]}"
    seen = sorted({f"{one.method} {one.path}" for one in sent})
    assert not wrong, f"{wrong} of {len(sent)} requests failed. Asked for: {', '.join(seen)[:300]}"
    assert done.returncode == 0, f"Locust ends with exit code {done.returncode}: {done.output.strip()[-200:]}"
