"""M22: a route that answers with the classifier, whose weights nobody has seen."""

from grader.suite import check, post

from ._common import PIXELS, WEIGHTS, Weights, client, first_that_works, routes, said

#: From the fourth opening on, the file of the weights is gone: whoever reads it for each request fails at the fourth.
_READ_ONCE = f"""
import sys
seen = []
def watch(event, arguments):
    if event == "open" and str(arguments[0]).replace("\\\\", "/").endswith("{WEIGHTS}"):
        seen.append(1)
        if len(seen) > 3:
            raise FileNotFoundError("the weights are read again and again")
sys.addaudithook(watch)
"""


def _predicting(student, submission):
    """Routes that take a list of numbers, the field that takes it by name ("" for the whole body)."""
    return [
        route
        for route in routes(student, submission, "POST")
        if route.body.startswith("application/json") and _pixels(route)
    ]


def _pixels(route):
    return next((name for name, schema in route.fields.items() if schema.get("type") == "array"), None)


def _write(student, submission, weights):
    paths = submission.files(f"**/{WEIGHTS}")
    assert paths, f"The classifier's weights, {WEIGHTS}, are gone."
    for path in paths:
        student.write(path, weights.text)


def _digit(answer):
    """The one whole number in an answer, or None."""
    value = answer.json()
    numbers = [one for one in (value.values() if isinstance(value, dict) else [value]) if type(one) is int]
    return numbers[0] if len(numbers) == 1 else None


def _judge(student, submission, rng, count, **options):
    weights = Weights(rng)
    _write(student, submission, weights)
    images = weights.images(rng, count)

    def judge(route):
        name = _pixels(route)
        asked = [post(route.path, json={name: pixels}) for pixels, _ in images]
        for (_, digit), answer in zip(images, client(student, route, **options).ask(*asked), strict=True):
            if answer.status != 200:
                return f"`{route}` answers {answer.status}: {said(answer)}."
            if _digit(answer) != digit:
                return f"`{route}` answers {said(answer)} where the classifier finds another digit."
        return None

    return judge


@check(
    "The answer is the classifier's, on images and weights that nobody has seen",
    points=4,
    questions=[23],
    scope="exercises",
    environment="required",
    requires=["starts"],
    hint="`POST` with a JSON field of 64 pixels; ask the classifier that `load()` gives, and return its digit.",
)
def test_classifier_answers(submission, student, rng):
    judge = _judge(student, submission, rng, 8)
    first_that_works(
        _predicting(student, submission), judge, "No `POST` route takes a list of pixels as JSON."
    )


@check(
    "The weights are read once, not for each request",
    points=2,
    questions=[23],
    scope="exercises",
    environment="required",
    requires=["classifier_answers"],
    hint="Load the classifier in `lifespan`, keep it in `app.state`, and use it there.",
)
def test_weights_are_read_once(submission, student, rng):
    judge = _judge(student, submission, rng, 8, before=_READ_ONCE)
    first_that_works(
        _predicting(student, submission), judge, "No `POST` route takes a list of pixels as JSON."
    )


@check(
    "Images of a wrong size or kind are refused with 422",
    points=2,
    questions=[23],
    scope="exercises",
    environment="required",
    requires=["classifier_answers"],
    hint="A pydantic model says it all: `Field(min_length=64, max_length=64)` for a list of numbers.",
)
def test_wrong_images_are_refused(submission, student, rng):
    def judge(route):
        name = _pixels(route)
        short = [0.5] * rng.randrange(1, PIXELS)
        bodies = [
            {name: short},
            {name: [*short, *[0.5] * PIXELS]},
            {name: ["ink"] * PIXELS},
            {},
            {name: None},
        ]
        answers = client(student, route).ask(*(post(route.path, json=body) for body in bodies))
        for body, answer in zip(bodies, answers, strict=True):
            if answer.status != 422:
                sent = f"{len(body[name])} values" if body.get(name) else "nothing"
                return f"`{route}` answers {answer.status} to {sent}, not 422: {said(answer)}"
        return None

    first_that_works(
        _predicting(student, submission), judge, "No `POST` route takes a list of pixels as JSON."
    )
