"""M22: a route that answers with the classifier, whose weights nobody has seen."""

from grader.suite import check, post

from ..common.applications import same, values
from ._common import PIXELS, WEIGHTS, Weights, client, first_that_works, routes, said

#: From the fourth opening on, the file of the weights is gone, and so is a copy of it, as small as one can be, or another process
#: that might read it: whoever needs one for each request fails.
_READ_ONCE = f"""
import os, sys, tempfile
places = tuple(os.path.realpath(place) for place in (os.getcwd(), tempfile.gettempdir()))
weights = [os.path.join(folder, name) for folder, _, names in os.walk(".") for name in names if name == "{WEIGHTS}"]
size = max(map(os.path.getsize, weights), default=0)
seen = {{}}
def again(what):
    seen[what] = seen.get(what, 0) + 1
    if seen[what] > 3:
        raise FileNotFoundError("the weights are read again and again")
def watch(event, arguments):
    if event in ("subprocess.Popen", "os.system", "os.posix_spawn", "os.fork"):
        again("process")
    if event != "open" or not isinstance(arguments[0], (str, bytes)) or arguments[1] not in (None, "r", "rb", "rt"):
        return
    path = os.path.realpath(os.fsdecode(arguments[0]))
    if path.startswith(places) and os.path.exists(path) and os.path.getsize(path) >= size // 8:
        again(path)
sys.addaudithook(watch)
"""


def _predicting(student, submission):
    """Routes that take a list of numbers as JSON."""
    return [
        route
        for route in routes(student, submission, "POST")
        if route.body.startswith("application/json") and _pixels(route)
    ]


def _pixels(route):
    """The field that takes a list, and "" where it is the whole body."""
    return [name for name, schema in route.fields.items() if schema.get("type") == "array"][:1]


def _body(route, value):
    (name,) = _pixels(route)
    return {name: value} if name else value


def _write(student, submission, weights):
    paths = submission.files(f"**/{WEIGHTS}")
    assert paths, f"The classifier's weights, {WEIGHTS}, are gone."
    for path in paths:
        student.write(path, weights.text)


def _wrong(answers, digits):
    """The first answer without its digit at the place where the others have it, or None if there is such a place in all."""
    told = [dict(values(answer.json())) for answer in answers]

    def misses(place):
        pairs = zip(told, digits, strict=True)
        return [n for n, (one, digit) in enumerate(pairs) if not _is_digit(one.get(place), digit)]

    # What else an answer tells, a status or a score, stands somewhere else.
    best = min((misses(place) for place in told[0]), key=len, default=[0])
    return answers[best[0]] if best else None


def _is_digit(value, digit):
    return same(value, digit) or value == str(digit)


def _judge(student, submission, rng, count, **options):
    weights = Weights(rng)
    _write(student, submission, weights)
    images = weights.images(rng, count)

    def judge(route):
        asked = [post(route.path, json=_body(route, pixels)) for pixels, _ in images]
        answers = list(client(student, route, **options).ask(*asked))
        for answer in answers:
            if answer.status not in (200, 201):
                return f"`{route}` answers {answer.status}: {said(answer)}."
        wrong = _wrong(answers, [digit for _, digit in images])
        return wrong and f"`{route}` answers {said(wrong)} where the classifier finds another digit."

    return judge


@check(
    "The answer is the classifier's, on images and weights that nobody has seen",
    points=5,
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
        short = [0.5] * rng.randrange(1, PIXELS)
        sent = {
            f"{len(short)} values": _body(route, short),
            f"{len(short) + PIXELS} values": _body(route, [*short, *[0.5] * PIXELS]),
            f"{PIXELS} words": _body(route, ["ink"] * PIXELS),
            "nothing": {},
            "null": _body(route, None),
        }
        answers = client(student, route).ask(*(post(route.path, json=body) for body in sent.values()))
        for what, answer in zip(sent, answers, strict=True):
            if answer.status != 422:
                return f"`{route}` answers {answer.status} to {what}, not 422: {said(answer)}"
        return None

    first_that_works(
        _predicting(student, submission), judge, "No `POST` route takes a list of pixels as JSON."
    )
