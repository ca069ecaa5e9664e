"""Expands a workflow's matrix: its combinations, and expressions replaced by their values."""

from __future__ import annotations

import re
from functools import partial
from itertools import islice, product
from typing import Any

#: GitHub's limit on the jobs of a matrix.
MAX_COMBINATIONS = 256
_EXPRESSION = re.compile(r"\$\{\{\s*matrix\.([\w.-]+)\s*\}\}")


def combinations(axes: dict[str, list[Any]], include: list[Any], exclude: list[Any]) -> list[dict[str, Any]]:
    """Return the jobs of a matrix, at most 256: the product of the axes, less `exclude`, extended by `include`."""
    keys = list(axes)
    every = [
        dict(zip(keys, values, strict=True)) for values in islice(product(*axes.values()), MAX_COMBINATIONS)
    ]
    dropped = [rule for rule in exclude if isinstance(rule, dict) and rule]
    kept = [job for job in every if keys and not any(_has(job, rule) for rule in dropped)]
    jobs = [dict(job) for job in kept]
    for extra in include[:MAX_COMBINATIONS]:
        if not isinstance(extra, dict):
            continue
        # An include extends every combination that it does not contradict; if there is none, it is a separate job.
        shared = {key: value for key, value in extra.items() if key in axes}
        fitting = [number for number, job in enumerate(kept) if _has(job, shared)]
        for number in fitting:
            jobs[number].update(extra)
        if not fitting:
            jobs.append(dict(extra))
    return jobs[:MAX_COMBINATIONS]


def resolve(text: str, jobs: list[dict[str, Any]]) -> list[str]:
    """Return the values of `text` over all combinations, without repeats; an expression outside the matrix stays."""
    if not _EXPRESSION.search(text) or not jobs:
        return [text]
    found = (_EXPRESSION.sub(partial(_value, job), text) for job in jobs)
    return list(dict.fromkeys(found))


def _value(job: dict[str, Any], match: re.Match[str]) -> str:
    value: Any = job
    for part in match.group(1).split("."):
        if not isinstance(value, dict) or part not in value:
            return match.group()
        value = value[part]
    return plain(value)


def plain(value: Any) -> str:
    """Return a YAML value as the text that GitHub makes of it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _has(job: dict[str, Any], rule: dict[Any, Any]) -> bool:
    return all(key in job and job[key] == value for key, value in rule.items())
