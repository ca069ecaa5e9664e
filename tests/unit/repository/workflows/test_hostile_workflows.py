"""Workflows made to take time: expressions, aliases, circles."""

import pytest

from grader.repository.faults import SubmissionFault
from grader.repository.workflows.workflow import Workflow
from tests.cpu import ends_within

STEP = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"


@pytest.mark.parametrize(
    "text",
    [
        STEP + "      - run: '" + "${{ a" * 40_000 + "'\n",
        STEP + "      - run: '" + "${{ github.a }}" * 20_000 + "'\n",
        STEP + "      - if: " + "(" * 20_000 + "\n        run: a\n",
        STEP + "      - if: " + "!" * 20_000 + "github\n        run: a\n",
        STEP + "      - if: github" + ".a" * 9_000 + "\n        run: a\n",
        STEP + '      - if: "' + "'a' && " * 3_000 + "'\"\n        run: a\n",
        STEP + "      - &s {run: '" + "${{ github.a }}" * 2_000 + "'}\n" + "      - *s\n" * 20_000,
        "on: push\njobs:\n" + "".join(f"  j{n}: {{needs: j{n + 1}, runs-on: x, steps: [{{run: a}}]}}\n" for n in range(5_000))
        + "  j5000: {runs-on: x, steps: [{run: a}]}\n",
        "on: {schedule: [{cron: '" + "a-b," * 200 + "'}]}\n" + STEP[9:] + "      - run: a\n",
        STEP + "      - uses: " + "a/" * 9_000 + "\n",
    ],
)  # fmt: skip
def test_it_is_judged_in_time(text: str) -> None:
    def judge() -> None:
        try:
            Workflow("a.yml", text)
        except SubmissionFault:
            return

    ends_within(10, judge)
