"""M28: what the checks of the exercise share: the page of metrics around reviews, conditions of alerts, and sidecars."""

import json
import operator
import re
from dataclasses import dataclass

from grader.suite import Evidence, SubmissionFault, evidence, get, post, shared

from ..common import applications, prometheus, promql

#: The words of the starter's classifier.
WORDS = "words.json"
#: Images of collectors; an API of somebody may well be called `api-prometheus`.
_SIDECAR = re.compile(
    r"run-gmp|(?:^|/)(?:otel[\w-]*|opentelemetry-collector[\w-]*|prometheus|alloy|agent|ops-agent)(?:[:@]|$)"
)
#: A comparison, outside of labels and texts; a threshold stands beside a filter.
_COMPARES = re.compile(r"[<>]|[=!]=|\babsent")
_LABELS = re.compile(r"\{[^{}]{0,500}\}|\"[^\"]{0,500}\"|'[^']{0,500}'")
_TEXTS = ("query", "filter", "expr")
#: Clocks on which time passes as the students' code works: {step} seconds with each call that it makes, but of what measures, and
#: {idle} before and after each request, when it has nothing to do. Nobody waits, and a busy machine changes nothing. How much of
#: it was work is printed behind {mark}.
CLOCK = """
import datetime, os, sys, threading, time, timeit
passed, waited = [0], [0]
def theirs(frame):
    name = frame.f_code.co_filename if frame else ""
    return name.startswith(os.getcwd() + os.sep) and "site-packages" not in name
def work(frame, event, argument):
    if event == "call" and frame.f_code.co_name == "held" and frame.f_code.co_filename.endswith("asgi_driver.py"):
        waited[0] += {idle}
        print({mark!r}, passed[0], flush=True)
    elif event == "call":
        measures = "prometheus" in frame.f_code.co_filename or frame.f_code.co_filename == __file__
        if theirs(frame) or (theirs(frame.f_back) and not measures):
            passed[0] += {step}
    elif event == "c_call" and theirs(frame):
        passed[0] += {step}
__file__ = work.__code__.co_filename
def clock(real, unit):
    def now():
        waits = sys._getframe(1).f_globals.get("__name__", "").startswith(("asyncio", "threading"))
        return real() + (0 if waits else (passed[0] + waited[0]) * unit)
    return now
for name in ("time", "perf_counter", "monotonic", "process_time"):
    setattr(time, name, clock(getattr(time, name), 1))
    setattr(time, name + "_ns", clock(getattr(time, name + "_ns"), 10**9))
timeit.default_timer = time.perf_counter
class Date(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().fromtimestamp(time.time(), tz)
    @classmethod
    def utcnow(cls):
        return super().fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)
if {dates}:
    datetime.datetime = Date
threading.setprofile(work)
sys.setprofile(work)
"""

_KINDS = (
    *(("counter", "_total"), ("summary", "_sum")),
    *(("histogram", "_count"), ("histogram", "_sum")),
)
#: Between two looks at the page of metrics: what rises by itself does not rise by as many as are sent, again and again. With so
#: many batches of up to so many reviews, a page that has a line for every row of numbers is longer than what is read of it.
BATCHES, MOST_SENT = 6, 7
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def word(rng):
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
    words = {name: sorted({word(rng) for _ in range(12)}) for name in ("positive", "negative")}
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
        asked.append(ask(student, route, field, batches))
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


def ask(student, route, field, batches, **options):
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


def _documents(submission):
    for path in submission.files("**/*.yaml", "**/*.yml", "**/*.json")[:50]:
        try:
            found = [submission.json(path)] if path.endswith(".json") else submission.yaml_documents(path)
        except SubmissionFault:
            continue
        yield from ((path, document) for document in found if isinstance(document, dict))


def _inside(data, depth=0):
    """Every mapping in a document."""
    if isinstance(data, dict) and depth < 12:
        yield data
    values = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for value in list(values)[:200] if depth < 12 else ():
        yield from _inside(value, depth + 1)


@dataclass(frozen=True)
class Condition:
    """The query of a condition of an alert, its place, and the limit that stands beside a filter, if one does."""

    place: Evidence
    query: str
    limit: float | None = None
    comparison: str = ""

    @property
    def compares(self):
        """Whether something is compared with a limit."""
        return self.limit is not None or bool(_COMPARES.search(_LABELS.sub("", self.query)))

    def fires(self, series):
        """Whether it does, on these series; `promql.Unknown` where that cannot be told."""
        if self.limit is None:
            return promql.fires(self.query, series)
        named = [one for one in series if re.search(rf"\b{re.escape(one.name)}\b", self.query)]
        compare = _THRESHOLDS.get(self.comparison)
        if compare is None or not named:
            raise promql.Unknown(self.comparison)
        # Aligned as a rate or as a sum: nobody knows how much, but more than by calls that are none.
        return any(compare(one.value, self.limit) for one in named)


_THRESHOLDS = {
    "COMPARISON_GT": operator.gt,
    "COMPARISON_GE": operator.ge,
    "COMPARISON_LT": operator.lt,
    "COMPARISON_LE": operator.le,
}


def conditions(submission):
    """The conditions of alerts."""
    found = []
    for path, document in _documents(submission):
        for holder in _inside(document):
            for rule in _inside([holder.get("conditions"), holder.get("groups")]):
                limited = not {"comparison", "thresholdValue"}.isdisjoint(rule)
                limit = rule.get("thresholdValue", 0)
                number = float(limit) if limited and isinstance(limit, int | float) else None
                texts = [text for name, text in rule.items() if name in _TEXTS and isinstance(text, str)]
                comparison = str(rule.get("comparison"))
                found += [Condition(Evidence(path, None, text), text, number, comparison) for text in texts]
    return found


def sidecars(submission):
    """The services in which a container collects metrics beside another one."""
    found = []
    for path, document in _documents(submission):
        for one in _inside(document):
            containers = one.get("containers")
            images = (
                [str(c.get("image")) for c in containers if isinstance(c, dict)]
                if isinstance(containers, list)
                else []
            )
            collecting = [image for image in images if _SIDECAR.search(image)]
            if 0 < len(collecting) < len(images):
                found.append(Evidence(path, None, "a sidecar that collects metrics"))
    return found
