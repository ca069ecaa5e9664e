"""Tests whose parts stand in two files, and what a plain clone lacks of them (kinds K, N and P).

After pytest-dev/pytest#11952, #2534, #14882 and sgl-project/sglang#20417.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.testing import run_check
from tests.places import CHECKS
from tests.public.test_pytest_settings import CODE, TEST, WRONG

SUITE = CHECKS / "m16_unittesting"
BASE = "from p.data import load\n\n\nclass Base:\n    n = 2\n\n    def test_double(self):\n        assert load(self.n) == 4\n"
PARTS = {
    "inherited": {"tests/base.py": BASE, "tests/test_a.py": "from tests.base import Base\n\n\nclass TestA(Base):\n    pass\n"},
    "a mixin of unittest": {
        "tests/base.py": BASE.replace("assert load(self.n) == 4", "self.assertEqual(load(self.n), 4)"),
        "tests/test_a.py": "import unittest\n\nfrom .base import Base\n\n\nclass LoadCase(Base, unittest.TestCase):\n    pass\n",
    },
    "a base that is no test": {
        "tests/test_a.py": BASE.replace("class Base:", "class TestBase:\n    __test__ = False")
        + "\n\nclass TestTwo(TestBase):\n    __test__ = True\n"
    },
    "all of a module": {"tests/base.py": TEST, "tests/test_a.py": "from .base import *\n"},
    "one of a module": {"tests/shared.py": TEST, "tests/test_a.py": "from tests.shared import test_load\n"},
    "a class in a class": {"tests/test_a.py": "from p.data import load\n\n\nclass TestA:\n    class TestB:\n        def test_x(self):\n            assert load(2) == 4\n"},
    "below a condition": {"tests/test_a.py": "import sys\n\nfrom p.data import load\n\nif sys.version_info > (3,):\n\n    def test_x():\n        assert load(2) == 4\n"},
}  # fmt: skip


def verdict(files: dict[str, str], check: str = "tests_pass") -> str:
    whole = {**CODE, "tests/__init__.py": "", **files}
    return run_check(SUITE, check, whole, profile="project").verdict.value


@pytest.mark.parametrize("name", PARTS)
def test_tests_of_two_files_are_found_and_run(name: str) -> None:
    checks = ("tests_are_found", "tests_assert", "tests_pass")
    assert {one: verdict(PARTS[name], one) for one in checks} == dict.fromkeys(checks, "passed")
    wrong = {path: text.replace("== 4", "== 5").replace(", 4)", ", 5)") for path, text in PARTS[name].items()}
    assert verdict(wrong) == "failed"


CHECK = "from p.data import load\n\n\ndef check(x):\n    assert load(x) == 2 * x\n"
ASSERTS = [
    ({"tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef same():\n    def inner(a, b):\n        assert a == b\n\n    return inner\n"}, "def test_a(same):\n    same(1, 1)\n"),
    ({"tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef seen():\n    got = []\n    yield got\n    assert got\n"}, "def test_a(seen):\n    seen.append(1)\n"),
    ({"tests/base.py": "class Base:\n    def same(self, a, b):\n        assert a == b\n"}, "from .base import Base\n\n\nclass TestA(Base):\n    def test_a(self):\n        self.same(1, 1)\n"),
    ({"tests/h.py": CHECK, "tests/i.py": "from .h import check\n\n\ndef one(x):\n    check(x)\n", "tests/j.py": "from .i import one\n\n\ndef two(x):\n    one(x)\n"}, "from .j import two\n\n\ndef test_a():\n    two(2)\n"),
    ({"tests/h.py": CHECK}, "import functools\n\nfrom .h import check\n\ntwo = functools.partial(check, 2)\n\n\ndef test_a():\n    two()\n"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "test"), ASSERTS)
def test_assertions_of_fixtures_bases_and_helpers(files: dict[str, str], test: str) -> None:
    assert verdict({**files, "tests/test_a.py": test}, "tests_assert") == "passed"
    empty = {path: text.replace("assert ", "") for path, text in files.items()}
    assert verdict({**empty, "tests/test_a.py": test}, "tests_assert") == "failed"


HANGS = {
    "in a fixture": "@pytest.fixture\ndef slow():\n    time.sleep(1000)\n\n\ndef test_h(slow):\n    assert slow\n",
    "behind a fixture": "@pytest.fixture\ndef slow():\n    yield 1\n    time.sleep(1000)\n\n\ndef test_h(slow):\n    assert slow == 1\n",
    "on import": "time.sleep(1000)\n\n\ndef test_h():\n    assert time\n",
    "on a lock": "def test_h():\n    lock = threading.Lock()\n    lock.acquire()\n    lock.acquire()\n",
}


@pytest.mark.parametrize("name", HANGS)
def test_what_hangs_is_named_wherever_it_does(name: str, tmp_path: Path) -> None:
    shutil.copytree(CHECKS / "common", tmp_path / "checks" / "common")
    suite = tmp_path / "checks" / SUITE.name
    shutil.copytree(SUITE, suite)
    common = suite / "_common.py"
    common.write_text(common.read_text().replace("TEST_S = 60\n", "TEST_S = 1\n"))
    test = f"import threading\nimport time\n\nimport pytest\n\n\n{HANGS[name]}"
    files = {**CODE, "tests/test_a.py": TEST, "tests/test_h.py": test}
    found = run_check(suite, "tests_pass", files, profile="project")
    assert found.verdict == "failed"
    assert [one.path for one in found.evidence if "did not end in 1 seconds" in one.text] == [
        "tests/test_h.py"
    ]
    assert {one.name: one.value for one in found.measurements}["n_tests_passed"] in (1, 2)


POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 123456\n"
LFS = {".gitattributes": "data/* filter=lfs diff=lfs merge=lfs -text\n", "data/n.csv": POINTER}
MODULE = {".gitmodules": '[submodule "sub"]\n\tpath = libs/sub\n\turl = https://example.org/sub.git\n'}
LACKING = [
    (LFS, "def test_n():\n    assert len(open('data/n.csv').readlines()) == 100\n"),
    (LFS, "import csv\n\n\ndef test_n():\n    assert next(csv.DictReader(open('data/n.csv')))['label']\n"),
    (MODULE, "import sys\n\nsys.path.insert(0, 'libs/sub')\n\n\ndef test_n():\n    import sublib\n\n    assert sublib.x\n"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "test"), LACKING)
def test_what_another_place_keeps_excuses(files: dict[str, str], test: str) -> None:
    assert verdict({**files, "tests/test_a.py": test}) == "not_applicable"
    assert verdict({**files, "tests/test_a.py": test, "tests/test_b.py": TEST}) == "passed"
    # A test that has nothing to do with it, and the same without the place.
    assert verdict({**files, "tests/test_a.py": WRONG}) == "failed"
    assert verdict({"tests/test_a.py": test, "data/n.csv": "a\n1\n"}) == "failed"
