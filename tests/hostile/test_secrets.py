"""What student code can find out: cases 16, 17, 19, 29 to 35. Whatever it finds, it shouts; nobody may hear a secret."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader.sandbox.container.container_sandbox import CAPABILITIES
from tests.hostile.battery import SECRET, attacks, judge

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-secrets")]

ATTACKS = attacks("secrets")


@pytest.fixture(scope="module")
def found(battery: Any, monkeypatch_module: Any) -> Any:
    monkeypatch_module.setenv("GITHUB_TOKEN", SECRET)
    monkeypatch_module.setenv("UV_INDEX_URL", f"https://user:{SECRET}@example.org/simple")
    return battery(ATTACKS)


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.mark.parametrize("case", ATTACKS)
def test_what_can_be_found_out(found: Any, case: str) -> None:
    judge(found[case], ATTACKS[case])


def test_the_container_is_closed(sandbox: Any, docker_client: Any) -> None:
    """The image that students' processes see: suites for root alone, bytecode beside them, nothing to gain."""
    script = (
        "import os, stat, sys\n"
        "for root, folders, names in os.walk('/suites'):\n"
        "    for path in [root] + [os.path.join(root, n) for n in names]:\n"
        "        s = os.lstat(path)\n"
        "        assert s.st_uid == 0 and not s.st_mode & 0o077, (path, oct(s.st_mode))\n"
        "        print(path)\n"
    )
    said = docker_client.containers.run(
        sandbox.image.tag, ["python3", "-I", "-c", script], network_mode="none", remove=True, read_only=True
    ).decode()
    assert "/suites/m90_target/test_target.py" in said
    assert "/suites/m90_target/__pycache__/test_target" in said
    assert "/suites/m90_target/_common.py" in said
    assert "/suites/common/answers.py" in said
    assert "/suites/common/__pycache__/answers" in said
    assert set(CAPABILITIES) == {"SETUID", "SETGID", "KILL"}


def test_case_19_and_35_messages_hold_no_source_and_no_value(grade: Callable[..., Any]) -> None:
    files = {
        "main.py": "print(1)\n",
        "secret.py": "import traceback\n\ndef guess():\n    raise ValueError(''.join(traceback.format_stack()))\n",
        "README.md": "x\n",
    }
    graded = grade(files, checks={"secret", "bare", "broken_suite"})
    assert graded.verdict("secret") == graded.verdict("bare") == "failed"
    assert {item.path for item in graded.checks["secret"].evidence} == {"secret.py"}
    assert "/suites" not in graded.text
    assert "SECRET" not in graded.text
    wrong = grade({**files, "secret.py": "def guess():\n    return 'x'\n"}, checks={"secret", "bare"})
    assert wrong.checks["secret"].message == "That is not it."
    assert wrong.checks["bare"].message == ""


def test_case_16_variables_of_a_repositorys_own_files(grade: Callable[..., Any]) -> None:
    """What `.env`, `setup.cfg` and friends ask for reaches neither process."""
    main = "import os, sys\nassert 'EVIL' not in os.environ and 'LD_PRELOAD' not in os.environ\nprint(3 * int(input()))\n"
    files = {
        "main.py": main,
        ".env": "EVIL=1\nLD_PRELOAD=/work/evil.so\nPYTHONSTARTUP=/work/evil.py\nBASH_ENV=/work/evil.sh\n",
        ".envrc": "export EVIL=1\n",
        "evil.py": "raise SystemExit(3)\n",
        "sitecustomize.py": "import sys\nsys.exit = None\n",
    }
    assert grade(files, checks={"command"}).verdict("command") == "passed"
