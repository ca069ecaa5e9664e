"""M24: the students' load test, run for a few seconds against a server of the suite's own, which counts.

What it was asked is asked again of the application itself, in process: the load test is right if that answers without a failure.
"""

import re

from grader.suite import check, evidence, partial, request

from ..common import applications
from ._common import routes

_RUN_S = 5
#: Runs at most: users who read what they are answered get further in each, with what the application said before.
_RUNS = 3
_MOST_REPLAYED = 120
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _route_of(asked, found):
    """The route that a recorded request is for, if the application has it."""
    fits = (
        route
        for route in found
        if route.method == asked.method
        and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", route.path), asked.path)
    )
    return next(fits, None)


def _key(asked):
    return (asked.method, asked.path, str(asked.query), asked.body)


class _Answers:
    """What the application says to what the users ask: an empty object where that is not known yet."""

    def __init__(self, found):
        self.found, self.exact, self.by_route = found, {}, {}

    def __call__(self, asked):
        route, exact = _route_of(asked, self.found), self.exact.get(_key(asked))
        if route is None:
            # What it has without a description, its documentation, say, it has told by then.
            return exact or (404, {"detail": "Not Found"})
        return exact or self.by_route.get(str(route)) or {}

    def learn(self, student, sent):
        """Ask the application what was asked here, in process; return the requests that it answers with a failure."""
        new = {_key(one): one for one in sent if _key(one) not in self.exact}
        routes = {key: _route_of(one, self.found) for key, one in new.items()}
        kinds = {}
        for key in new:
            kinds.setdefault(str(routes[key]), []).append(key)
        keys = [key for of_kind in kinds.values() for key in of_kind[: max(1, _MOST_REPLAYED // len(kinds))]]
        wrong = []
        for place in {route.place: None for route in self.found}:
            mine = [key for key in keys if (routes[key] or self.found[0]).place == place]
            asked = [
                request(one.method, one.path, query=one.query, body=one.body, headers=_kept(one.headers))
                for one in (new[key] for key in mine)
            ]
            told = applications.client(student, place).ask(*asked) if asked else []
            for key, answer in zip(mine, told, strict=True):
                self.exact[key] = self.by_route[str(routes[key])] = (answer.status, answer.body)
                wrong += [f"{answer.asked}: {answer.status}"] if answer.status >= 400 else []
        return list(dict.fromkeys(wrong))


def _is_worth_it(found, sent):
    """Fail, or give a part, unless users ask for routes of the application, and for one that works on what it is sent."""
    asked = [route for one in sent if (route := _route_of(one, found)) is not None]
    assert asked, f"Users ask for {sent[0].path}, and for no route that the application has."
    if not any(route.in_path or route.in_query or route.body for route in asked):
        partial(1, f"Users ask for {asked[0]} alone, which is sent nothing: ask for a route that works, too.")


def _kept(headers):
    """The headers that are of the request, not of the connection."""
    own = ("content-type", "accept", "authorization", "cookie", "content-encoding")
    return {name: value for name, value in headers.items() if name in own or name.startswith("x-")}


@check(
    "The load test asks for what the API has, without a failure",
    points=4,
    questions=[24],
    scope="exercises",
    environment="required",
    timeout=150,
    hint="`locust -f locustfile.py --headless -u 2 -t 5s --host http://localhost:8000` shows which requests fail.",
)
def test_load_test_runs(submission, student):
    files = [place.path for place in submission.imports("locust", tests=True)]
    assert files, "There is no locust file: a class that inherits from `HttpUser`."
    evidence(files[0])
    found = routes(student, submission)
    answers = _Answers(found)
    for _ in range(_RUNS):
        backend = student.backend({f"{method} /*": answers for method in _METHODS})
        asked = [
            "--headless",
            "-u",
            "2",
            "-r",
            "2",
            "-t",
            f"{_RUN_S}s",
            "--only-summary",
            "--host",
            backend.url,
        ]
        done = student.run_tool("locust", ["-f", ",".join(files[:5]), *asked], timeout=60, cpu_s=30)
        said = done.output.strip()[-200:]
        assert backend.requests, f"Locust ran for {_RUN_S} seconds and sent no request: {said}"
        wrong = answers.learn(student, backend.requests)
        assert not wrong, f"The application answers with failures: {', '.join(wrong)[:300]}"
        if not done.returncode:
            _is_worth_it(found, backend.requests)
            return
    raise AssertionError(f"Locust ends with exit code {done.returncode}: {said}")
