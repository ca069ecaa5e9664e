"""What hostile tests share: an attack, what became of it, and the repository that it comes in."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.results import CheckResult, Result
from grader.settings import Limits

MIB = 1024 * 1024
SECRET = "the-hidden-value-of-the-suite"
HONEST = "def treble(x):\n    return 3 * x\n"
HONEST_SERVER = "from desk import honest, serve\n\nserve(honest)\n"

#: Small, so that what hangs or grows meets its limit soon.
LIMITS = Limits(
    call_cpu_s=3,
    call_s=4,
    check_s=10,
    suite_s=150,
    container_s=170,
    memory_bytes=768 * MIB,
    pids=160,
    student_memory_bytes=256 * MIB,
    student_processes=64,
    student_file_bytes=24 * MIB,
    student_open_files=256,
    tmp_bytes=32 * MIB,
    small_tmp_bytes=8 * MIB,
    work_bytes=32 * MIB,
    tmp_files=4_000,
    work_files=10_000,
)

Files = Mapping[str, "str | bytes"]


@dataclass(frozen=True)
class Attack:
    """A module that shall treble numbers, or a server that shall double them; the verdicts that its check may get, and why."""

    source: str
    verdicts: tuple[str, ...] = ("failed",)
    says: str = ""
    files: Mapping[str, str] = field(default_factory=dict)


def attacks(group: str) -> dict[str, Attack]:
    """The attacks of a folder, by case. A first line `# failed: words` names the verdict and what its message says."""
    folder = Path(__file__).parent / "attacks" / group
    beside = companions(group)
    found = {}
    for path in sorted(folder.glob("*_*.py")):
        source = path.read_text()
        verdicts, _, says = source.splitlines()[0].removeprefix("# ").partition(": ")
        found[path.stem] = Attack(source, tuple(verdicts.split("|")), says, beside)
    return found


def companions(group: str) -> dict[str, str]:
    """The files that several attacks of a folder, or the checks of a suite, need beside them."""
    folder = Path(__file__).parent / "attacks" / group
    files = [*folder.glob("companions/*.py"), *(path for path in folder.glob("*.py") if "_" not in path.name)]
    return {path.name: path.read_text() for path in files}


@dataclass(frozen=True)
class Graded:
    """A result, the suite's log (for authors only), and the checks by name."""

    result: Result
    log: str

    @property
    def checks(self) -> dict[str, CheckResult]:
        return {
            check.id.partition(".")[2]: check for module in self.result.modules for check in module.checks
        }

    @property
    def text(self) -> str:
        """Everything that a student reads."""
        return self.result.model_dump_json()

    def verdict(self, name: str) -> str:
        return self.checks[name].verdict.value


def judge(found: tuple[CheckResult, CheckResult], attack: Attack) -> None:
    """The attack got what it deserves, and its honest twin, right behind it, full marks."""
    attacked, twin = found
    assert attacked.verdict.value in attack.verdicts, attacked.message
    assert attacked.points == (3.0 if attacked.verdict == "passed" else 0.0)
    assert attack.says in attacked.message, attacked.message
    assert attacked.max_points == 3
    assert (twin.verdict.value, twin.points) == ("passed", 3.0), twin.message


def commit(folder: Path, files: Files, before: Callable[[Path], None] = lambda folder: None) -> None:
    """A repository with one commit that holds `files`, and whatever `before` adds to its folder."""
    folder.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    before(folder)
    for command in (["init", "-q", "-b", "main"], ["add", "-A", "-f"], ["commit", "-q", "-m", "Work"]):
        subprocess.run(["git", *command], cwd=folder, env=environment, check=True, capture_output=True)
