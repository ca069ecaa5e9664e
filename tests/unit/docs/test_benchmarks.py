"""`docs/benchmarks.md` is what its data says, and an interval is sure of what it claims. No time is measured here."""

from __future__ import annotations

import random

import pytest

from tests.bench.figure import Figure, Measured
from tests.bench.interval import interval_of
from tests.bench.page import DATA, PAGE, entry, merged, read, renewed
from tests.bench.rig import Pair

FIGURE = Figure(
    name="twenty", ours="ours", beside="theirs", limit=1.1, measure=lambda rig, pairs: Measured(pairs=())
)


def test_the_page_is_what_its_data_says() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page, read()) == page, f"make it anew from {DATA.name}: python -m tests.bench"


def test_a_page_without_a_place_for_the_tables_is_refused() -> None:
    with pytest.raises(SystemExit, match="no place for the figures"):
        renewed("# What grading costs\n", {})


@pytest.mark.parametrize(("count", "low", "high"), [(1, 1, 1), (5, 1, 5), (10, 2, 9), (20, 6, 15)])
def test_an_interval_is_of_order_alone(count: int, low: int, high: int) -> None:
    values = [float(number) for number in range(1, count + 1)]
    random.Random(1).shuffle(values)
    found = interval_of(values)
    assert (found.low, found.high) == (low, high)
    assert found.median == (count + 1) / 2
    assert (found.level >= 0.95) == (count > 5)


def test_an_interval_holds_the_median_as_often_as_it_says() -> None:
    draw = random.Random(5)
    samples = [interval_of([draw.lognormvariate(0, 1) for _ in range(10)]) for _ in range(2000)]
    # The median of what is drawn is 1.
    assert sum(one.low <= 1 <= one.high for one in samples) / len(samples) > 0.96


def test_a_limit_is_broken_by_a_whole_interval_only() -> None:
    around = Measured(pairs=[Pair(ratio, 1.0) for ratio in (1.0, 1.05, 1.2, 1.3, 1.4, 1.5)])
    above = Measured(pairs=[Pair(ratio, 1.0) for ratio in (1.11, 1.2, 1.3, 1.3, 1.4, 1.5)])
    assert FIGURE.problems(around) == []
    assert FIGURE.problems(above) == ["1.11 x at least, limit 1.1"]


def test_figures_of_another_machine_are_dropped() -> None:
    one = entry(FIGURE, Measured(pairs=[Pair(1.0, 1.0)]))
    here = merged({"scale": {"rows": []}}, {"cores": "2"}, {"twenty": one})
    both = merged(here, {"cores": "2"}, {"environment": one})
    assert set(both["figures"]) == {"twenty", "environment"}
    assert set(merged(both, {"cores": "64"}, {"twenty": one})["figures"]) == {"twenty"}
    assert both["scale"] == {"rows": []}
