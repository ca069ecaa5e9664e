"""M22: the application behind a real server, as a container starts it."""

from grader.suite import check

from ._common import module_of, routes

_EVERYWHERE = "0.0.0.0"  # noqa: S104 - what a container has to listen on, to be asked from outside


@check(
    "Started by uvicorn, open to the network, it prints a line, and another one when it stops",
    points=1,
    questions=[23],
    scope="exercises",
    environment="required",
    requires=["starts"],
    hint="A `lifespan` function with `@asynccontextmanager`: what stands before `yield` runs at the start, the rest at the end. "
    "Try `uvicorn digits.api:app --host 0.0.0.0`, and end it with Ctrl+C.",
)
def test_lifespan(submission, student):
    problem = ""
    for route in {route.place: route for route in routes(student, submission)}.values():
        first, last = _lines(submission, student, route.place)
        if first and last:
            return
        problem = (
            problem or f"`{route.place.path}` prints {first} lines when it starts, and {last} when it stops."
        )
    raise AssertionError(problem)


def _lines(submission, student, place):
    """How many lines a server prints until it has answered, and after that; what uvicorn says itself is on stderr."""
    folder, name = module_of(submission, place.path)
    options = ["--factory"] if place.factory else []
    command = ["python", "-m", "uvicorn", f"{name}:{place.app}", "--app-dir", folder, "--no-access-log"]
    with student.serve([*command, *options, "--host", _EVERYWHERE, "--port", "$PORT"], ready="/") as server:
        so_far = server.output
        lines = server.stop().stdout.splitlines(keepends=True)
    first = sum(so_far.startswith("".join(lines[: n + 1])) for n in range(len(lines)))
    return first, len(lines) - first
