"""M28: the API's own page of metrics, read before and after requests that the suite counts."""

import re

from grader.suite import check, evidence

from ..common import applications
from ._common import CLOCK, ask, scraped, word

#: Seconds without work around each request, on the clock that the suite winds: more than all work takes.
_IDLE_S = 100_000
#: Reviews of so many times as many words take longer.
_LONGER = 6


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
    step, mark = rng.randrange(3, 9), word(rng)
    batch = [one for batch in found["batches"] for one in batch]
    long = [(" ".join([text] * _LONGER), right) for text, right in batch]
    clocks = [
        CLOCK.format(step=seconds, idle=_IDLE_S, dates=dates, mark=mark) for seconds in (step, 7 * step, step)
    ]
    (slow, work), (slower, _), (longer, more) = (
        _timed(student, found, sent, clock, mark)
        for sent, clock in zip((batch, batch, long), clocks, strict=True)
    )
    # Where more words are no more work to be seen, nothing follows from them.
    extra = more - work if more > 1.2 * work else None
    return any(
        5 * seconds < slower.get(one, 0) < 9 * seconds
        and (extra is None or longer.get(one, 0) - seconds >= extra / 4)
        for one, seconds in slow.items()
    )


def _timed(student, found, batch, clock, mark):
    """The seconds in each histogram that counts the reviews of a batch, by name and labels; and those of all work."""
    place = applications.Place(*found["place"])
    route = applications.Operation(place, "POST", found["target"])
    asked = ask(student, route, found["field"], [batch], before=clock)
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
