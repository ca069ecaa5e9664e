"""M28: the API's own page of metrics, read before and after requests that the suite counts."""

import json
import re

from grader.suite import check, evidence, get, post, shared

from ..common import applications, prometheus
from ._common import CLOCK, WORDS, conditions, sidecars

_KINDS = (
    *(("counter", "_total"), ("summary", "_sum")),
    *(("histogram", "_count"), ("histogram", "_sum")),
)
#: Between two looks at the page of metrics: what rises by itself does not rise by as many as are sent, again and again. With so
#: many batches of up to so many reviews, a page that has a line for every row of numbers is longer than what is read of it.
BATCHES, MOST_SENT = 6, 7
#: Seconds without work around each request, on the clock that the suite winds: more than all work takes.
_IDLE_S = 100_000
#: Reviews of so many times as many words take longer.
_LONGER = 6
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
        # A letter of two bytes: characters are counted, not bytes.
        found.append((" ".join([*said, "film é"]), "positive" if good > bad else "negative"))
    return found


@shared
def scraped(student, submission, rng):
    """Ask the route that takes a text: batches of reviews, some of which fail; how metrics rise with each, all as data."""
    words = {name: sorted({_word(rng) for _ in range(12)}) for name in ("positive", "negative")}
    for path in submission.files(f"**/{WORDS}"):
        student.write(path, json.dumps(words))
    good, bad = _rows(rng)
    batches = []
    for right, wrong in zip(good, bad, strict=True):
        batch = _reviews(rng, words, right) + [(f"{rng.randrange(1000)} !", None) for _ in range(wrong)]
        rng.shuffle(batch)
        batches.append(batch)
    sent = [
        (route, field)
        for route in applications.operations(applications.described(student, submission))
        if route.method == "POST" and (field := _text(route)) is not None
    ]
    assert sent, "No `POST` route takes one text as JSON."
    # Where several do, the one that tells sentiments.
    asked = []
    for route, field in sent[:3]:
        asked.append(_asked(student, route, field, batches))
        if not asked[-1]["wrong"]:
            break
    found = asked[0] if asked[-1]["wrong"] else asked[-1]
    evidence(found["path"], None, found["route"])
    return {
        **found,
        "good": good,
        "bad": bad,
        "all": [right + wrong for right, wrong in zip(good, bad, strict=True)],
        "characters": [sum(len(text) for text, right in batch if right) for batch in batches],
        "characters_of_all": [sum(len(text) for text, _ in batch) for batch in batches],
    }


def _rows(rng):
    """How many reviews of each batch can be classified, and how many cannot: one row is not told from the other by its sum."""
    good = [rng.randrange(1, MOST_SENT + 1) for _ in range(BATCHES)]
    bad = list(good)
    while bad == good or min(bad) == max(bad):
        bad = [rng.randrange(MOST_SENT + 1) for _ in range(BATCHES)]
    return good, bad


def _text(route):
    """The name of the text that a route needs, and nothing else."""
    texts = [name for name, one in route.fields.items() if one.get("type") == "string"]
    needed = [name for name in route.fields if name in route.required]
    return (
        texts[0]
        if len(texts) == 1 and needed in ([], texts)
        else next((name for name in texts if needed == [name]), None)
    )


def _asked(student, route, field, batches, **options):
    """Send the reviews, with the page of metrics before and after each batch."""
    pages = [get("/metrics"), get("/metrics/")]
    asked = list(pages)
    for batch in batches:
        asked += [*(post(route.path, json={field: text}) for text, _ in batch), *pages]
    talk = applications.client(student, route.place, **options).ask(*asked)
    answers = iter(talk)
    texts, wrong = [_page(next(answers), next(answers))], []
    for batch in batches:
        wrong += [_wrong(next(answers), right) for _, right in batch]
        texts.append(_page(next(answers), next(answers)))
    read = [prometheus.read(text) for text in texts]
    whole = None not in read
    names = {key.partition("{")[0] for page in read if page for key in page.samples}
    return {
        "route": str(route),
        "path": route.place.path,
        "place": [route.place.path, route.place.app, route.place.factory],
        "target": route.path,
        "field": field,
        "batches": [[list(one) for one in batch] for batch in batches],
        "wrong": [problem for problem in wrong if problem][:3],
        "whole": whole,
        "names": sorted(names)[:1_000],
        "printed": talk.printed if options else "",
        "rises": {
            f"{kind}{suffix}": prometheus.rises(read, kind, suffix) if whole else {}
            for kind, suffix in _KINDS
        },
    }


def _wrong(answer, right):
    """What is wrong with an answer to a review, or None."""
    if (right is None) != (answer.status >= 400) or (right and not applications.holds(answer.json(), right)):
        return f"`{answer.asked}` answers {answer.status}: {answer.raised or answer.text[:100]}"
    return None


def _page(*answers):
    return next(
        (one.text for one in answers if one.status == 200 and prometheus.read(one.text) is not None), ""
    )


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
    found = scraped(student, submission, rng)
    assert found["whole"], "`GET /metrics` answers with no page of metrics."
    assert found["names"], "The page of metrics has nothing but what the library tells of Python itself."
    assert any(found["rises"].values()), "Nothing on the page of metrics rises when reviews are sent."


def _risen(found, kind, wanted, of_what):
    """Fail unless a sample of a type rose, batch by batch, as one of the rows of `wanted`."""
    rises = found["rises"][kind]
    for name, rows in rises.items():
        if any(row in wanted for row in rows.values()):
            evidence("/metrics", None, name)
            return
    seen = ", ".join(
        f"{name} by {_numbers(list(rows.values())[-1])}" for name, rows in list(rises.items())[:4]
    )
    raise AssertionError(f"{of_what}. Metrics of this type that rose: {seen or 'none'}.")


def _numbers(row):
    """`3, 2 and 5`."""
    *most, last = [f"{one:g}" for one in row]
    return f"{', '.join(most)} and {last}"


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
    said = f"{_numbers(found['all'])} reviews were sent, {_numbers(found['bad'])} of them without words, and no counter says so"
    _risen(found, "counter_total", [found["good"], found["all"]], said)


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
    found = scraped(student, submission, rng)
    said = f"{_numbers(found['bad'])} reviews could not be classified, and no counter says so"
    _risen(found, "counter_total", [found["bad"]], said)


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
    said = f"{_numbers(found['all'])} reviews were sent, and no histogram counts them"
    _risen(found, "histogram_count", [found["good"], found["all"]], said)
    # By the clocks of `time`, and for those who subtract dates, by these, too.
    clocks = (False, True) if submission.imports("datetime") else (False,)
    assert any(_follows(student, found, rng, dates) for dates in clocks), (
        "The histogram counts reviews, but what it observes is not the time of the classification: where each step of it takes "
        f"seven times as long, or a review has {_LONGER} times as many words, the sum does not rise as much."
    )


def _follows(student, found, rng, dates):
    """Whether a histogram has seven times as much where all that the students' code does takes seven times as long.

    And more by what longer reviews take, where these take longer: what times something beside the classification stays as it is.
    """
    step, mark = rng.randrange(3, 9), _word(rng)
    batch = [one for batch in found["batches"] for one in batch]
    long = [(" ".join([text] * _LONGER), right) for text, right in batch]
    clocks = [
        CLOCK.format(step=seconds, idle=_IDLE_S, dates=dates, mark=mark) for seconds in (step, 7 * step, step)
    ]
    (slow, work), (slower, _), (longer, more) = (
        _timed(student, found, sent, clock, mark)
        for sent, clock in zip((batch, batch, long), clocks, strict=True)
    )
    extra = more - work if more > 1.2 * work else 0
    return any(
        5 * seconds < slower.get(one, 0) < 9 * seconds and longer.get(one, 0) - seconds >= extra / 4
        for one, seconds in slow.items()
    )


def _timed(student, found, batch, clock, mark):
    """The seconds in each histogram that counts the reviews of a batch, by name and labels; and those of all work."""
    place = applications.Place(*found["place"])
    route = applications.Operation(place, "POST", found["target"])
    asked = _asked(student, route, found["field"], [batch], before=clock)
    rises = asked["rises"]
    wanted = ([sum(found["good"])], [sum(found["all"])])
    sums = {
        (name.removesuffix("_sum"), labels): row[0]
        for name, rows in rises["histogram_sum"].items()
        for labels, row in rows.items()
    }
    counted = [
        (name.removesuffix("_count"), labels)
        for name, rows in rises["histogram_count"].items()
        for labels, row in rows.items()
        if row in wanted
    ]
    worked = re.findall(rf"{mark} (\d{{1,15}})\n", asked["printed"])
    return {one: sums.get(one, 0) for one in counted}, int(worked[-1]) if worked else 0


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
    said = (
        f"The reviews have {_numbers(found['characters_of_all'])} characters together, and no summary says so"
    )
    _risen(found, "summary_sum", [found["characters"], found["characters_of_all"]], said)


@check(
    "An alert watches the errors, by a metric that the API has",
    points=2,
    questions=[26],
    scope="exercises",
    environment="required",
    requires=["errors_are_counted"],
    hint="The query of the condition names a metric as `/metrics` spells it: a counter `errors` is called `errors_total` there.",
)
def test_alert_names_a_metric(submission, student, rng):
    found = scraped(student, submission, rng)
    counters = found["rises"]["counter_total"]
    names = {name for name, rows in counters.items() if found["bad"] in rows.values()}
    alerts = conditions(submission)
    assert alerts, "No alert has a condition."
    for place, text, compares in alerts:
        if compares and names & set(re.findall(r"[A-Za-z_:][\w:]*", text)):
            evidence(place.path, place.line, text[:100])
            return
    _, text, compares = alerts[0]
    assert compares, f"Nothing in the condition is compared with a limit: {text[:150]}"
    raise AssertionError(
        f"{' or '.join(sorted(names)[:3])}, which counts errors, is not named in the condition: {text[:150]}"
    )


@check(
    "The service has a sidecar that collects the metrics",
    points=2,
    questions=[26],
    scope="exercises",
    environment="required",
    requires=["requests_are_counted"],
    hint="A second container in `service.yaml`, with the image of the Cloud Run sidecar for managed Prometheus.",
)
def test_sidecar(submission):
    assert sidecars(submission), "No service has two containers of which one collects metrics."
