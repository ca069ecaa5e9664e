"""Pages of metrics in the text format of Prometheus."""

import itertools
import re
from dataclasses import dataclass

_SAMPLE = re.compile(r"(?P<name>[A-Za-z_:][\w:]*)(?P<labels>\{[^\n]{0,2000}\})?[ \t]+(?P<value>[-+.\w]+)")
_TYPE = re.compile(r"# TYPE ([A-Za-z_:][\w:]*) (\w+)")
#: What the client library tells of Python and its process.
_OF_THE_LIBRARY = ("python_", "process_")
MOST_LINES = 5_000
#: The labels of the sum of all samples of a metric.
ALL = "all"


@dataclass(frozen=True)
class Page:
    """The samples of a page by name and labels, and the types of its metrics by name."""

    samples: dict
    types: dict


def rises(pages, kind, suffix):
    """How much the samples of all metrics of a type rose from each page to the next, by sample name and labels.

    `{"hits_total": {'{path="/"}': [3, 2], "all": [3, 2]}}`: those that never rose are left out.
    """
    found = {}
    for key in pages[-1].samples:
        name, brace, rest = key.partition("{")
        metric = name.removesuffix(suffix)
        types = {page.types.get(one) for page in pages for one in (name, metric)}
        if kind in types and name in (metric + suffix, metric):
            counts = [page.samples.get(key, 0.0) for page in pages]
            rise = [after - before for before, after in itertools.pairwise(counts)]
            found.setdefault(name, {})[brace + rest] = rise
    for samples in found.values():
        samples[ALL] = [sum(column) for column in zip(*samples.values(), strict=True)]
    return {
        name: kept
        for name, samples in found.items()
        if (kept := {labels: rise for labels, rise in samples.items() if any(rise)})
    }


def read(text):
    """A page of metrics, or None if the text is none. What the client library adds by itself is left out."""
    samples, types = {}, {}
    for line in text.split("\n")[:MOST_LINES]:
        kind, sample = _TYPE.match(line), _SAMPLE.match(line)
        if kind:
            types[kind[1]] = kind[2]
        elif sample and not line.startswith(_OF_THE_LIBRARY) and not sample["name"].endswith("_bucket"):
            try:
                samples[sample["name"] + (sample["labels"] or "")] = float(sample["value"])
            except ValueError:
                continue
    return Page(samples, types) if types else None
