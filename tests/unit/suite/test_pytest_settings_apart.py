"""A suite is run with the settings of the engine, whatever the pytest around it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.results import Verdict
from tests.unit.suite.conftest import RunSuite

pytestmark = pytest.mark.process

SUITE = """
import warnings

from grader.suite import check, work

@work("a file")
def find_work(submission):
    return True

@check("Warns")
def test_warns(submission):
    warnings.warn("an old name", DeprecationWarning)
    assert submission.exists("code.py"), "no code"
"""


def test_settings_of_the_folders_above_a_suite_are_not_read(run_suite: RunSuite, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\nfilterwarnings = ["error"]\n')
    assert [check.verdict for check in run_suite(SUITE, {"code.py": ""}).checks] == [Verdict.passed]


@pytest.mark.parametrize(
    ("variable", "value"), [("PYTEST_ADDOPTS", "-W error"), ("PYTEST_PLUGINS", "no_such_plugin")]
)
def test_variables_for_a_person_s_own_pytest_change_no_verdict(
    run_suite: RunSuite, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert [check.verdict for check in run_suite(SUITE, {"code.py": ""}).checks] == [Verdict.passed]
