"""M13 as an exercise: where the work lies, profiles that are right or not, and what tables and traces say."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS, ROOT
from tests.suite_names import suite_names
from tests.view_sample import view

SUITE = CHECKS / "m13_profiling"
EXERCISE = ROOT / "exercises" / "m13_profiling"
NAMES = suite_names(SUITE)
SHOW = "import pstats\n\npstats.Stats('train.prof').strip_dirs().sort_stats('{order}').print_stats()\n"
TABLE = """
noise
----------  ------------  --------------  ------------------
      Name     CPU total    Self CPU Mem        Input Shapes
----------  ------------  --------------  ------------------
aten::relu      1.200ms          2.00 KB        [[16, 333]]
 aten::add    300.000us           512 B   [[16, 333], [1]]
   aten::t     30.000us             0 B                 []
 aten::mul      1.000us            -8 B                 []
----------  ------------  --------------  ------------------
Self CPU time total: 1.5ms
"""


def sources(folder: str) -> dict[str, bytes]:
    root = EXERCISE / folder
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def judge(check: str, changes: dict[str, str]) -> CheckResult:
    files = {path: data for path, data in sources("solution").items() if path != "requirements.txt"}
    return run_check(SUITE, check, {**files, **{path: text.encode() for path, text in changes.items()}})


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        ({"show.py": SHOW, "train.py": "print(1)\n"}, ["."]),
        ({"S4/M13/show.py": SHOW}, ["S4/M13"]),
        ({"a/Makefile": "p:\n\tpython -m cProfile -o a.prof train.py\n"}, ["a"]),
        ({"b/t.py": "from torch.profiler import profile\nwith profile() as p:\n    print(p)\n"}, ["b"]),
        ({"t.py": "import cProfile\n# cProfile.run('main()')\n"}, []),
        ({"run.sh": "python train.py\n", "train.prof": "{"}, []),
    ],
    ids=["the exercise", "a folder of its own", "a command", "torch", "a comment", "a dump alone"],
)
def test_where_the_work_lies(tmp_path: Path, files: dict[str, str], folders: list[str]) -> None:
    assert NAMES["find_work"](view(tmp_path, files, profile="exercises")) == folders


def test_a_command_tells_what_it_dumps(tmp_path: Path) -> None:
    sample = view(
        tmp_path,
        {
            "Makefile": "a:\n\tpython -m cProfile -s tottime -o out/a.prof b.py --epochs 3\n\tpython -m cProfile b.py\n"
        },
        profile="exercises",
    )
    [(words, path, command)] = NAMES["dump_commands"](sample)
    assert (path, command.path) == ("out/a.prof", "Makefile")
    assert words == ["-m", "cProfile", "-s", "tottime", "-o", "out/a.prof", "b.py", "--epochs", "3"]


@pytest.mark.parametrize(
    ("order", "verdict"),
    [("cumulative", "passed"), ("tottime", "passed"), ("ncalls", "failed"), ("name", "failed")],
)
def test_printed_profiles(order: str, verdict: str) -> None:
    outcome = judge("printed", {"show_profile.py": SHOW.format(order=order)})
    assert outcome.verdict == verdict, outcome.message


@pytest.mark.process
@pytest.mark.parametrize(
    ("task", "verdict"),
    [
        ("mkdir -p out\npython -m cProfile -o out/a.prof train.py 3\n", "passed"),
        ("python -m cProfile -o a.prof train.py\n", "passed"),
        ("python -m cProfile -o out/a.prof train.py\n", "failed"),
        ("python -m cProfile -o a.prof nets.py\n", "failed"),
    ],
)
def test_dumps(task: str, verdict: str) -> None:
    outcome = judge("dump", {"profile_training.py": "print(1)\n", "profile.sh": task})
    assert outcome.verdict == verdict, outcome.message


@pytest.mark.process
def test_a_program_may_profile_itself() -> None:
    script = (
        "import cProfile\nimport pstats\nfrom pathlib import Path\n\nfrom echoes import Echoes\nfrom train import train\n\n"
        "seen = cProfile.Profile()\nechoes = Echoes(Path('echoes.csv'))\nseen.runcall(train, echoes, 20)\n"
        "seen.dump_stats('own.prof')\npstats.Stats(seen).sort_stats('tottime').print_stats(12)\n"
    )
    changes = {"profile_training.py": "print(1)\n", "show_profile.py": script}
    outcome = judge("printed", changes)
    assert outcome.verdict == "passed", outcome.message
    assert (
        judge("printed", {**changes, "show_profile.py": script.replace("'tottime'", "'name'")}).verdict
        == "failed"
    )


@pytest.mark.process
@pytest.mark.parametrize(
    ("find", "replace", "verdict"),
    [
        ("", "", "passed"),
        ("return self.items[number]", "return self._read(f'1,{30}')", "failed"),
        ("for line in lines]", "for line in lines[::2]]", "failed"),
    ],
)
def test_fewer_calls(find: str, replace: str, verdict: str) -> None:
    text = sources("solution")["echoes.py"].decode()
    outcome = judge("fewer_calls", {"echoes.py": text.replace(find, replace)})
    assert outcome.verdict == verdict, outcome.message


@pytest.mark.process
def test_the_program_of_the_starter_makes_all_calls() -> None:
    outcome = judge("fewer_calls", {"echoes.py": sources("starter")["echoes.py"].decode()})
    assert outcome.verdict == "failed"
    [share] = [one.value for one in outcome.measurements if one.name == "calls_share"]
    assert share == pytest.approx(1, abs=0.1)


def test_the_mistakes_are_those_of_the_program() -> None:
    text, rows = NAMES["table"](Random(3))
    assert len(text.splitlines()) == len(rows) + 1
    first, last = NAMES["mistakes"](rows, 40)[0], NAMES["mistakes"](rows, 40)[-1]
    assert 0 <= last < first < len(rows)


def own(few: dict[str, int], many: dict[str, int]) -> list[dict[str, Any]]:
    return [{"own": few}, {"own": many}]


@pytest.mark.parametrize(
    ("counts", "fits"),
    [
        ({"a.py guess": 210, "a.py item": 211, "a.py read": 70}, True),
        ({"a.py guess": 210, "a.py item": 211}, True),
        ({"a.py guess": 210}, False),
        ({"a.py guess": 210, "a.py item": 141}, False),
        ({"a.py guess": 200, "a.py item": 201}, False),
        ({"a.py guess": 0, "a.py item": 1}, False),
        ({}, False),
    ],
)
def test_calls_are_those_of_some_number_of_epochs(counts: dict[str, int], fits: bool) -> None:
    runs = own(
        {"a.py guess": 140, "a.py item": 141, "a.py read": 70, "a.py <listcomp>": 150},
        {"a.py guess": 420, "a.py item": 421, "a.py read": 70, "a.py <listcomp>": 470},
    )
    assert NAMES["calls_fit"](counts, runs) is fits
    assert not NAMES["calls_fit"](counts, "it does not run")


def test_tables_are_read_by_their_columns() -> None:
    [one] = NAMES["tables"](TABLE)
    assert NAMES["column"](one, "CPU total") == [1200.0, 300.0, 30.0, 1.0]
    assert NAMES["column"](one, "Self CPU Mem") == [2048.0, 512.0, 0.0, -8.0]
    assert NAMES["column"](one, "# of Calls") == []
    assert NAMES["falls"](NAMES["column"](one, "CPU total"))
    assert not NAMES["falls"]([1.0, 2.0, 3.0, 4.0])
    assert not NAMES["falls"]([])


def test_networks_get_other_widths(tmp_path: Path) -> None:
    [file] = NAMES["networks"](view(tmp_path, sources("starter"), profile="exercises"))
    text = NAMES["with_widths"](file.text, 333, 77)
    assert re.findall(r"^(?:WIDE|DEEP).*", text, re.MULTILINE) == ["WIDE = (333,)", "DEEP = (77, 77, 77)"]


def test_the_starter_is_not_started() -> None:
    assert run_check(SUITE, "dump", sources("starter")).verdict == "blocked"
