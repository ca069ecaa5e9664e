"""M28: what the exercise asks of files: conditions of alerts, and sidecars."""

import re

from grader.suite import Evidence, SubmissionFault

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
#: {idle} before and after each request, when it has nothing to do. Nobody waits, and a busy machine changes nothing. How much of it
#: was work is printed behind {mark}.
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


def conditions(submission):
    """The queries of the conditions of alerts, with their places, and whether something is compared with a limit."""
    found = []
    for path, document in _documents(submission):
        for holder in _inside(document):
            for rule in _inside([holder.get("conditions"), holder.get("groups")]):
                limit = not {"comparison", "thresholdValue"}.isdisjoint(rule)
                texts = [text for name, text in rule.items() if name in _TEXTS and isinstance(text, str)]
                found += [
                    (Evidence(path, None, text), text, limit or bool(_COMPARES.search(_LABELS.sub("", text))))
                    for text in texts
                ]
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
