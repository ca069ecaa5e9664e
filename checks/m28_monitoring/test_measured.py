"""M28: the API's own page of metrics, read before and after requests that the suite counts."""

import json
import re

from grader.suite import check, evidence, get, post, shared

from ..common import applications, prometheus
from ._common import WORDS, conditions, sidecars

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _word(rng):
    return "".join(rng.choice(_LETTERS) for _ in range(rng.randrange(5, 11)))


def _reviews(rng, words, count):
    """Reviews and what they say, by the words that the suite chose."""
    found = []
    for _ in range(count):
        good, bad = rng.sample(range(5), 2)
        said = [rng.choice(words["positive"]) for _ in range(good)] + [
            rng.choice(words["negative"]) for _ in range(bad)
        ]
        rng.shuffle(said)
        found.append((" ".join([*said, "film"]), "positive" if good > bad else "negative"))
    return found


@shared
def scraped(student, submission, rng):
    """Ask the route that takes a text: good reviews, some that fail; the pages of metrics around them, all as data."""
    words = {name: sorted({_word(rng) for _ in range(12)}) for name in ("positive", "negative")}
    for path in submission.files(f"**/{WORDS}"):
        student.write(path, json.dumps(words))
    sent = [
        (route, next(iter(route.fields)))
        for route in applications.operations(applications.described(student, submission))
        if route.method == "POST" and [one.get("type") for one in route.fields.values()] == ["string"]
    ]
    assert sent, "No `POST` route takes one text as JSON."
    route, field = sent[0]
    evidence(route.place.path, None, str(route))
    good, bad = rng.randrange(5, 9), rng.randrange(2, 4)
    reviews = _reviews(rng, words, good) + [(f"{rng.randrange(1000)} !", None) for _ in range(bad)]
    rng.shuffle(reviews)
    pages = [get("/metrics"), get("/metrics/")]
    asked = [*pages, *(post(route.path, json={field: text}) for text, _ in reviews), *pages]
    answers = list(applications.client(student, route.place).ask(*asked))
    told = answers[2:-2]
    return {
        "route": str(route),
        "good": good,
        "bad": bad,
        "characters": sum(len(text) for text, right in reviews if right),
        "characters_of_all": sum(len(text) for text, _ in reviews),
        "wrong": [
            f"`{answer.asked}` answers {answer.status}: {answer.raised or answer.text[:100]}"
            for answer, (_, right) in zip(told, reviews, strict=True)
            if (right is None) != (answer.status >= 400)
            or (right and not applications.holds(answer.json(), right))
        ],
        "before": _page(answers[:2]),
        "after": _page(answers[-2:]),
    }


def _page(answers):
    """The text of a page of metrics, at most a tenth of what a shared result may have."""
    texts = [answer.text[:20_000] for answer in answers if answer.status == 200]
    return next((text for text in texts if prometheus.read(text)), "")


def pages(student, submission, rng):
    found = scraped(student, submission, rng)
    return prometheus.read(found["before"]), prometheus.read(found["after"])


@check(
    "The API answers as before: metrics change no answer",
    points=2,
    questions=[26],
    scope="exercises",
    environment="required",
    hint="Send a review by hand: the answer holds its sentiment, and a review without words gets an error.",
)
def test_still_answers(submission, student, rng):
    found = scraped(student, submission, rng)
    assert not found["wrong"], f"{found['wrong'][0]}."


@check(
    "Metrics can be read at `/metrics`",
    points=2,
    questions=[26],
    scope="exercises",
    environment="required",
    requires=["still_answers"],
    hint="`app.mount('/metrics', make_asgi_app())`: the page lists every metric with its type and value.",
)
def test_page_of_metrics(submission, student, rng):
    before, after = pages(student, submission, rng)
    assert None not in (before, after), "`GET /metrics` answers with no page of metrics."
    assert after.samples, "The page of metrics has nothing but what the library tells of Python itself."


def _risen(before, after, kind, suffix, wanted, of_what):
    rises = before.rises(after, kind, suffix)
    for metric, found in rises.items():
        if any(one in wanted for one in found):
            evidence("/metrics", None, metric)
            return
    seen = ", ".join(f"{metric} by {found[-1]:g}" for metric, found in list(rises.items())[:4])
    raise AssertionError(f"{of_what}. Metrics of this type that rose: {seen or 'none'}.")


@check(
    "A counter rises with each review that is sent",
    points=3,
    questions=[26],
    scope="exercises",
    environment="required",
    requires=["page_of_metrics"],
    hint="A `Counter` at the top level, `.inc()` in the handler.",
)
def test_requests_are_counted(submission, student, rng):
    found = scraped(student, submission, rng)
    wanted = (found["good"], found["good"] + found["bad"])
    said = f"{wanted[1]} reviews were sent, {found['bad']} of them without words, and no counter says so"
    _risen(*pages(student, submission, rng), "counter", "_total", wanted, said)


@check(
    "Another counter rises with each review that fails",
    points=3,
    questions=[26],
    scope="exercises",
    environment="required",
    requires=["page_of_metrics"],
    hint="A second `Counter`; `.inc()` where the exception is handled, or `with ERRORS.count_exceptions():`.",
)
def test_errors_are_counted(submission, student, rng):
    bad = scraped(student, submission, rng)["bad"]
    said = f"{bad} reviews could not be classified, and no counter says so"
    _risen(*pages(student, submission, rng), "counter", "_total", (bad,), said)


@check(
    "A histogram has the time of each classification",
    points=3,
    questions=[26],
    scope="exercises",
    environment="required",
    requires=["page_of_metrics"],
    hint="`with SECONDS.time():` around the classification, with a `Histogram` of the top level.",
)
def test_time_is_measured(submission, student, rng):
    found = scraped(student, submission, rng)
    before, after = pages(student, submission, rng)
    wanted = (found["good"], found["good"] + found["bad"])
    _risen(
        before,
        after,
        "histogram",
        "_count",
        wanted,
        f"{wanted[1]} reviews were sent, and no histogram counts them",
    )
    counted = before.rises(after, "histogram", "_count")
    sums = before.rises(after, "histogram", "_sum")
    measured = [
        name
        for name, rises in counted.items()
        if any(one in wanted for one in rises) and sums.get(name, [0])[-1] > 0
    ]
    assert measured, "The histogram counts reviews, but all of them took no time: what does it time?"


@check(
    "A summary has the length of each review",
    points=3,
    questions=[26],
    scope="exercises",
    environment="required",
    requires=["page_of_metrics"],
    hint="`LENGTH.observe(len(review))`, with a `Summary` of the top level.",
)
def test_length_is_measured(submission, student, rng):
    found = scraped(student, submission, rng)
    wanted = (found["characters"], found["characters_of_all"])
    said = f"The reviews have {wanted[1]} characters together, and no summary says so"
    _risen(*pages(student, submission, rng), "summary", "_sum", wanted, said)


@check(
    "An alert watches a metric that the API has",
    points=2,
    questions=[26],
    scope="exercises",
    environment="required",
    requires=["page_of_metrics"],
    hint="The query of the condition names a metric as `/metrics` spells it: a counter `errors` is called `errors_total` there.",
)
def test_alert_names_a_metric(submission, student, rng):
    _, after = pages(student, submission, rng)
    names = {key.partition("{")[0] for key in after.samples}
    found = conditions(submission)
    assert found, "No alert has a condition."
    for place, text in found:
        if names & set(re.findall(r"[A-Za-z_:][\w:]*", text)):
            evidence(place.path, place.line, text[:100])
            return
    raise AssertionError(f"No metric of the page is named in the condition: {found[0][1][:150]}")


@check(
    "The service has a sidecar that collects the metrics",
    points=2,
    questions=[26],
    scope="exercises",
    environment="required",
    requires=["page_of_metrics"],
    hint="A second container in `service.yaml`, with the image of the Cloud Run sidecar for managed Prometheus.",
)
def test_sidecar(submission):
    assert sidecars(submission), "No service has two containers of which one collects metrics."
