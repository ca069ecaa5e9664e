"""Pages of metrics in the text format of Prometheus."""

import re
from dataclasses import dataclass

_SAMPLE = re.compile(r"(?P<name>[A-Za-z_:][\w:]*)(?P<labels>\{[^\n]{0,2000}\})?[ \t]+(?P<value>[-+.\w]+)")
_TYPE = re.compile(r"# TYPE ([A-Za-z_:][\w:]*) (\w+)")
#: What the client library tells of Python and its process.
_OF_THE_LIBRARY = ("python_", "process_")
MOST_LINES = 5_000


@dataclass(frozen=True)
class Page:
    """The samples of a page by name and labels, and the types of its metrics by name."""

    samples: dict
    types: dict

    def rises(self, after, kind, suffix):
        """How much the samples of all metrics of a type rose until `after`: by metric, the rise of each sample and their sum."""
        found = {}
        for key, value in after.samples.items():
            name = key.partition("{")[0]
            metric = name.removesuffix(suffix) if name.endswith(suffix) else name
            if kind in (after.types.get(name), after.types.get(metric)) and name in (metric + suffix, metric):
                found.setdefault(metric, []).append(value - self.samples.get(key, 0.0))
        return {metric: [*rises, sum(rises)] for metric, rises in found.items()}


def read(text):
    """A page of metrics, or None if the text is none. What the client library adds by itself is left out."""
    samples, types = {}, {}
    for line in text.split("\n")[:MOST_LINES]:
        kind, sample = _TYPE.match(line), _SAMPLE.match(line)
        if kind:
            types[kind[1]] = kind[2]
        elif sample and not line.startswith(_OF_THE_LIBRARY):
            try:
                samples[sample["name"] + (sample["labels"] or "")] = float(sample["value"])
            except ValueError:
                continue
    return Page(samples, types) if types else None
