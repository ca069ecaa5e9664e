"""`pytest checks/x10_images --submission PATH`: an author's everyday loop, with tracebacks and without isolation."""

from __future__ import annotations

from pathlib import Path

import pytest

#: Fixtures and verdicts are those of the sandbox.
pytest_plugins = ("grader.suite.plugin",)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--submission PATH`, the repository that suites are run against."""
    group = parser.getgroup("grader")
    group.addoption("--submission", metavar="PATH", help="run check suites against the repository at PATH")


def pytest_configure(config: pytest.Config) -> None:
    """Make a session on the working tree at `--submission`."""
    # Imported here: pytest rewrites the assertions of a plugin that it is the first to import, and warns otherwise.
    from grader.suite.plugin import SESSION

    path = config.getoption("--submission", None)
    if path and SESSION not in config.stash:
        from grader.testing import plain_session

        config.stash[SESSION] = plain_session(Path(path))
