"""Numbers of tests of a file or folder that the sentence names (kind T of the public cases)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claim_sample import judged, read_repository


def _tests(*names: str) -> str:
    return "".join(f"def test_{name}():\n    assert {index} < 9\n\n\n" for index, name in enumerate(names))


_PARAMETERS = "import pytest\n\n\n@pytest.mark.parametrize('x', [1, 2, 3])\ndef test_p(x):\n    assert x\n"
_FIXTURE = (
    "import pytest\n\n\n@pytest.fixture(params=[1, 2])\ndef seed(request):\n    return request.param\n\n\n"
)
FILES = {
    "tests/test_model.py": _tests("d"),
    "tests/test_data.py": _tests("load", "b", "c"),
    "tests/unit/test_utils.py": _tests("u", "v"),
    "tests/unit/test_shapes.py": _PARAMETERS,
    "tests/test_seeds.py": f"{_FIXTURE}def test_s(seed):\n    assert seed\n",
    "src/p/__init__.py": "",
}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # nicholaseruplarsen/mlops-02476 (Q7)
        pytest.param(
            "In total there are 8 tests. There is 1 test in `tests/test_model.py` and 3 tests in `tests/test_data.py`.",
            {"8": "supported", "1": "supported", "3": "supported"},
            id="P46",
        ),
        ("- `test_data.py`: 3 tests\n- `test_model.py`: 1 test", {"3": "supported", "1": "supported"}),
        (
            "`test_data.py` contains three tests, and `test_model.py` has 1 test.",
            {"3": "supported", "1": "supported"},
        ),
        (
            "We test the loader (test_data.py, 3 tests) and the model (test_model.py, 1 test).",
            {"3": "supported", "1": "supported"},
        ),
        ("There are 4 tests in test_data.py and test_model.py.", {"4": "supported"}),
        ("The folder tests/unit/ has 3 test functions.", {"3": "supported"}),
        ("There are 3 test cases in `tests/unit/test_shapes.py`.", {"3": "supported"}),
        ("There are 5 tests in `tests/unit/`.", {"5": "supported"}),
        ("Three tests are in `test_data.py`.", {"3": "supported"}),
        (
            "| file | tests |\n|---|---|\n| test_data.py | 3 tests |\n| test_model.py | 1 test |",
            {"3": "supported", "1": "supported"},
        ),
        (
            "We have 8 tests: 3 in test_data.py and 1 in test_model.py.",
            {"8": "supported", "3": "supported", "1": "supported"},
        ),
        (
            "In `tests/test_data.py` there are 3 tests and in `test_model.py` there is 1 test.",
            {"3": "supported", "1": "supported"},
        ),
        ("One test in `tests/test_model.py` checks the shape.", {"1": "supported"}),
        (
            "We have 8 tests: 5 in test_data.py and 1 in test_model.py.",
            {"8": "supported", "5": "contradicted", "1": "supported"},
        ),
        (
            "We have implemented 4 tests for the data and the model (`test_data.py`, `test_model.py`).",
            {"4": "supported"},
        ),
        (
            "We have implemented 6 tests for the data and the model (`test_data.py`, `test_model.py`).",
            {"6": "contradicted"},
        ),
        # A class of tests is none of the repository's files.
        ("The class TestShapes has 2 tests.", {"2": "undetermined"}),
        # What is false stays false, and what cannot be counted open.
        ("There are 3 tests in `tests/test_model.py`.", {"3": "contradicted"}),
        (
            "`test_data.py` contains 5 tests, and test_model.py has 1 test.",
            {"5": "contradicted", "1": "supported"},
        ),
        ("There are 7 tests in `tests/unit/`.", {"7": "contradicted"}),
        ("There are 2 tests in `tests/test_seeds.py`.", {"2": "undetermined"}),
        ("There are 2 tests in `tests/test_gone.py`.", {"2": "undetermined"}),
        ("There are about 4 tests in `tests/test_model.py`.", {"4": "undetermined"}),
        ("We have 3 load tests in `tests/test_model.py`.", {"3": "undetermined"}),
    ],
)
def test_a_number_is_that_of_the_file_beside_it(text: str, told: dict[str, str], tmp_path: Path) -> None:
    assert judged(read_repository(tmp_path, FILES), 7, text, "n_tests") == told
