"""The figures of `make bench`, a module each, in the order of the page."""

from __future__ import annotations

from tests.bench.figure import Figure
from tests.bench.figures.changed_suite import CHANGED_SUITE
from tests.bench.figures.environment import ENVIRONMENT
from tests.bench.figures.nbgrader_batch import NBGRADER
from tests.bench.figures.one_submission import A_MODULE_EACH, ONE_SUBMISSION
from tests.bench.figures.otter_container import OTTER_NOTEBOOK, OTTER_QUESTION
from tests.bench.figures.twenty_submissions import SHELL_LOOP, TWENTY
from tests.bench.figures.unchanged import UNCHANGED

FIGURES: tuple[Figure, ...] = (
    ONE_SUBMISSION,
    A_MODULE_EACH,
    TWENTY,
    SHELL_LOOP,
    UNCHANGED,
    CHANGED_SUITE,
    ENVIRONMENT,
    OTTER_QUESTION,
    OTTER_NOTEBOOK,
    NBGRADER,
)
