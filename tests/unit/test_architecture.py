"""The plan of the folders, and the names that others may import."""

from __future__ import annotations

import importlib

import pytest

from tests import architecture


def test_no_rule_of_the_plan_is_broken() -> None:
    assert list(architecture.problems()) == []


@pytest.mark.parametrize(
    ("package", "names"),
    [
        ("grader", "__version__"),
        (
            "grader.suite",
            "Application Array Conversation Evidence Remote Request Response StudentFault SubmissionFault array box check"
            " evidence finding get measure not_applicable partial post random_array request shared values work work_folders",
        ),
        ("grader.testing", "plain_session run_check"),
    ],
)
def test_public_names_are_these(package: str, names: str) -> None:
    module = importlib.import_module(package)
    assert sorted(module.__all__) == sorted(names.split())
    assert all(hasattr(module, name) for name in module.__all__)
