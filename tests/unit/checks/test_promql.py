"""Queries of alerts, evaluated on series that rise evenly."""

import importlib.util
import sys
from types import ModuleType

import pytest

from tests.places import CHECKS


def _loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"{name}_of_checks", CHECKS / "common" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


promql, grammar = _loaded("promql"), _loaded("promql_grammar")


def _series(errors: float) -> list[object]:
    """A thousand reviews a second, of which this share fails."""
    rates: list[tuple[str, dict[str, str], float]] = [("sent_total", {}, 1.0), ("errors_total", {}, errors)]
    rates += [
        ("http_total", {"status": "500", "path": "/"}, errors),
        ("http_total", {"status": "200", "path": "/"}, 1 - errors),
    ]
    return [promql.Series(name, labels, rate * 1e9, rate * 1e3) for name, labels, rate in rates]


@pytest.mark.parametrize(
    "query",
    [
        "errors_total > 10",
        "increase(errors_total[5m]) > 10  # too many",
        "10 < sum(rate(errors_total{job='reviews', namespace=~\"a.+\"}[1m]))",
        "sum by (job) (rate(errors_total[5m])) / sum(rate(sent_total[5m])) by (job) >= 0.05",
        "sum(rate(http_total{status=~'5..|4..'}[5m])) / sum(rate(http_total[5m])) * 100 > 5",
        'sum(rate(http_total{status!="200"}[5m])) > 0.1',
        "(errors_total / sent_total) > 0.5 and rate(sent_total[1h]) > 1",
        "rate(errors_total[5m]) > bool 1 == 1",
        '{__name__="errors_total"} > 1e3',
        "1 - (rate(errors_total[5m]) / rate(sent_total[5m])) < 0.9",
        "max_over_time(errors_total[1h]) >= 5m",
        "absent(errors_total) or errors_total > 0",
    ],
)
def test_alerts_that_fire_where_reviews_fail(query: str) -> None:
    assert promql.fires(query, _series(1)) is True
    assert promql.fires(query, _series(0)) is False


@pytest.mark.parametrize(
    ("query", "always"),
    [
        ("errors_total < 0", False),
        ("increase(errors_total[5m]) > 1e15", False),
        ("errors_total * 0 > 10", False),
        ("errors_total > 10 unless vector(1)", False),
        ("errors_total > 10 and nobody_has_this > 1", False),
        ("vector(1) > 2 # errors_total", False),
        ("errors_total >= 0", True),
        ("errors_total or vector(1)", True),
        ("errors_total > bool 10", True),
    ],
)
def test_alerts_that_tell_nothing(query: str, always: bool) -> None:
    assert promql.fires(query, _series(1)) is promql.fires(query, _series(0)) is always


@pytest.mark.parametrize(
    "query",
    [
        "",
        "fetch prometheus_target | condition val() > 10",
        "rate(errors_total) > 1",
        "errors_total[5m] > 1",
        "errors_total >",
        "histogram_quantile(0.9, errors_total) > 1",
        "errors_total / on(job) sent_total > 1",
        "http_total{status=~'(5+)+'} > 1",
        "http_total{status=~'[",
        "2 > 1",
        "sum by (job",
        "(" * 299,
        "{" * 400,
    ],
)
def test_what_only_a_server_knows(query: str) -> None:
    with pytest.raises(promql.Unknown):
        promql.fires(query, _series(1))


@pytest.mark.parametrize(
    "query",
    [
        "errors_total > 10",
        "increase(errors_total[5m]) > 10  # too many",
        "10 < sum(rate(errors_total{job='reviews', namespace=~\"a.+\",}[1m]))",
        "sum by (job, instance) (rate(a[5m])) / sum(rate(b[5m])) without (path) >= 0.05",
        "histogram_quantile(0.9, sum(rate(seconds_bucket[5m])) by (le)) > 1e-3",
        "errors_total / on(job) group_left sent_total > bool 1",
        "errors_total / ignoring(code) group_left(path) (sent_total - 1) > -1",
        "rate(errors_total[5m] offset 1h) > 0 and on() vector(1)",
        "max_over_time(rate(errors_total[5m])[1h:1m] @ end()) == 1 unless time() < 1_000",
        '{__name__="errors_total"} > 1e3 or {"errors_total"} > 0x1F',
        "label_replace(up, 'a', \"$1\", `b`, '(.*)') != 0 offset -5m",
    ],
)
def test_queries(query: str) -> None:
    assert grammar.is_query(query)


@pytest.mark.parametrize(
    "query",
    [
        *("", "errors_total >", "> errors_total", "2 > > 1", "(errors_total > 1", "errors_total > 1)"),
        *("errors_total is bad > many", "more than 5 errors_total", "many(errors_total) > 0"),
        *("sum by (job", "sum(rate(a[5m])) by 5", "a{status=5} > 1", "a{b='c' d='e'}", "a, b", "a > and"),
        *(
            "errors_total > 0 offset",
            "rate(errors_total[5m]",
            "errors_total !",
            "errors_total > 5%%",
            "(" * 3_000,
        ),
    ],
)
def test_what_is_no_query(query: str) -> None:
    assert not grammar.is_query(query)
