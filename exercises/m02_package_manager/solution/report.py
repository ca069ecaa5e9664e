"""Report on the readings of some sensors: how many there are, their median, and what they gain in an hour."""

import csv
import sys
from pathlib import Path

import numpy as np
from jinja2 import Environment, contextfilter

#: The table lies beside this script, wherever it is started.
TABLE = Path(__file__).with_name("readings.csv")
TEMPLATE = """\
{% for name, hours, values in sensors -%}
{{ name }}: {{ values | length }} readings, median {{ values | median }}, {{ values | gain(hours) }} an hour
{% endfor %}"""


@contextfilter
def median(context, values):
    """The middle of some values, with as many digits as the report has."""
    return f"{np.median(values):.{context['digits']}f}"


@contextfilter
def gain(context, values, hours):
    """The slope of the line through some values."""
    return f"{np.polyfit(hours, values, 1)[0]:.{context['digits']}f}"


def read(path):
    """Return the name, the hours and the values of each sensor, by name."""
    sensors = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            hours, values = sensors.setdefault(row["sensor"], ([], []))
            hours.append(float(row["hour"]))
            values.append(float(row["value"]))
    return [(name, *sensors[name]) for name in sorted(sensors)]


def report(sensors, digits=3):
    """Return the report as text."""
    environment = Environment()
    environment.filters |= {"median": median, "gain": gain}
    return environment.from_string(TEMPLATE).render(sensors=sensors, digits=digits)


def show_in_colour(text):
    """Print a text with its numbers in colour, where the extra is installed."""
    try:
        import rich
    except ModuleNotFoundError:
        sys.exit("--colour needs rich, which comes with an extra: uv sync --extra colour")
    rich.print(text)


def main():
    """Print the report, in colour if asked to."""
    text = report(read(TABLE))
    if "--colour" in sys.argv[1:]:
        show_in_colour(text)
    else:
        print(text)


if __name__ == "__main__":
    main()
