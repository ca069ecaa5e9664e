"""A package that writes into its own folder, for real: an environment from the index, mounted read-only, in the container."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.git_command import git

FILES = {
    "pyproject.toml": '[project]\nname = "counts"\nversion = "0.1"\ndependencies = ["packaging", "pytest"]\n',
    "src/counts/__init__.py": "",
    # What libraries do with caches, lists of models and fonts.
    "src/counts/cached.py": "from pathlib import Path\n\nimport packaging\n\n\ndef count(text):\n"
    '    cache = Path(packaging.__file__).resolve().parent / "cache.txt"\n    cache.write_text(text)\n'
    "    return len(cache.read_text().split())\n",
    "tests/test_cached.py": "from counts.cached import count\n\n\ndef test_count():\n"
    '    assert count("one two") == 2\n    assert count("") == 0\n\n\ndef test_wrong():\n    assert count("one") == 2\n',
}


@pytest.mark.docker
def test_a_package_writes_into_itself_and_what_fails_is_the_students_own(grader: Any, tmp_path: Path) -> None:
    repository, out = tmp_path / "repository", tmp_path / "out"
    for name, text in FILES.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(text)
    git(repository, "init", "-q")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "Work")
    done = grader("check", str(repository), "--sandbox", "docker", "--modules", "M16", "--out", str(out))
    assert done.returncode == 1, done.stderr
    result = json.loads((out / "result.json").read_text())
    checks = {check["id"]: check for module in result["modules"] for check in module["checks"]}
    passed = checks["M16.tests_pass"]
    assert passed["message"].startswith("1 of 2 tests do not pass"), passed
    assert [(seen["path"], seen["line"]) for seen in passed["evidence"]] == [("tests/test_cached.py", 10)]
    assert "assert" in passed["evidence"][0]["text"]
    assert "Read-only" not in json.dumps(checks)
