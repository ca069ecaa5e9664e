"""M28: alerts on the metrics of the API, and the sidecar that collects them."""

import re

from grader.suite import check, evidence

from ..common import prometheus, promql, promql_grammar
from ._common import conditions, scraped, sidecars

#: The beginning of a query in Cloud Monitoring's own language.
_MQL = re.compile(r"\s*fetch\s+[\w.:/']+\s*\|")
#: Reviews, where something rises.
_MANY_A_SECOND = 1_000


@check(
    "An alert fires when reviews fail, by a metric that the API has, and not before",
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
    named = [one for one in alerts if names & set(re.findall(r"[A-Za-z_:][\w:]*", one.query))]
    assert named, (
        f"{' or '.join(sorted(names)[:3])}, which counts errors, is not named in the condition: {alerts[0].query[:150]}"
    )
    problems = [_never_right(one, found) for one in named]
    assert None in problems, f"{problems[0]}: {named[0].query[:150]}"
    right = named[problems.index(None)]
    evidence(right.place.path, right.place.line, right.query[:100])


def _never_right(alert, found):
    """What is wrong with when an alert fires, or None, also where that cannot be told."""
    if not alert.compares:
        return "Nothing in the condition is compared with a limit"
    try:
        if not alert.fires(_series(found, alert, failing=True)):
            return "The alert does not fire where every review fails, a thousand of them a second"
        if alert.fires(_series(found, alert, failing=False)):
            return "The alert fires where no review fails"
    except promql.Unknown:
        if alert.limit is None and not (promql_grammar.is_query(alert.query) or _MQL.match(alert.query)):
            return "The condition is no query of Prometheus"
    return None


def _series(found, alert, *, failing):
    """The series of the page of metrics, where all of a thousand reviews a second fail, or none; for a filter those of errors."""
    series = []
    for rows in found["rises"].values():
        for name, samples in rows.items():
            labelled = {labels: row for labels, row in samples.items() if labels != prometheus.ALL}
            errors_alone = samples.get(prometheus.ALL) == found["bad"]
            for labels, row in labelled.items():
                of_errors = errors_alone or row == found["bad"]
                still = of_errors if not failing else row == found["good"]
                rise = 0 if still else _MANY_A_SECOND
                if alert.limit is not None and not of_errors:
                    continue
                pairs = dict(re.findall(r'([A-Za-z_]\w*)="([^"]*)"', labels))
                series.append(promql.Series(name, pairs, rise * 10.0**6, float(rise)))
    return series


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
