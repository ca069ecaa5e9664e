"""M8: tables of rides that nobody has seen, and the totals that a stage has to make of them."""

import csv
import io
import json

_LETTERS = "bcdfghklmnprst"


def _station(rng):
    return "".join(rng.choice(_LETTERS) + rng.choice("aeiou") for _ in range(4)).title()


def hidden_table(rng, *, plain=False):
    """A table as bytes, and the rides of each station.

    One name has a comma, and some days of some stations were not counted, unless it is `plain`.
    """
    stations = sorted({_station(rng) for _ in range(rng.randrange(4, 8))})
    if not plain:
        at = rng.randrange(len(stations))
        stations[at] += f", {rng.choice(_LETTERS).upper()}"
    rows = [
        [station, day, rng.randrange(500)] for day in range(1, rng.randrange(6, 12)) for station in stations
    ]
    if not plain:
        for row in rng.sample(rows, rng.randrange(2, 6)):
            row[2] = ""
    rows.append([stations[0], 12, rng.randrange(1, 500)])
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(["station", "day", "rides"])
    out.writerows(rows)
    totals = {name: sum(rides or 0 for station, _, rides in rows if station == name) for name in stations}
    return text.getvalue().encode(), totals


def totals_in(text):
    """The totals in an output, a table of two columns or an object of JSON, in its order; None where it is neither."""
    try:
        data = json.loads(text)
        pairs = list(data.items()) if isinstance(data, dict) else []
    except (ValueError, RecursionError):
        pairs = [row for row in csv.reader(io.StringIO(text)) if row][1:]
    try:
        return {str(name): float(rides) for name, rides in pairs} or None
    except (ValueError, TypeError):
        return None


def wrong_totals(contents, totals):
    """What is wrong with the outputs of stages; empty if one of them has the totals."""
    found = {
        path: read
        for path, text in (contents.items() if isinstance(contents, dict) else ())
        if isinstance(text, str) and (read := totals_in(text)) is not None
    }
    if not found:
        return "no stage writes a table of stations and their rides"
    path, read = max(found.items(), key=lambda one: len(set(one[1].items()) & set(totals.items())))
    if read == totals:
        return "" if list(read) == sorted(read) else f"{path} is not in the order of the names"
    if set(read) != set(totals):
        return f"{path} has {len(read)} stations, the table has {len(totals)}"
    return f"{path} has the wrong rides for {sum(read[name] != totals[name] for name in totals)} of {len(totals)} stations"
