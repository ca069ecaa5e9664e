"""`grader similar` on real repositories: pairs, earlier years, what was handed out, names that are hidden, and what cannot be had."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from grader.results import SimilarClass
from tests.command_line import Ended, run
from tests.git_command import git
from tests.similar_sample import OTHER_SOLUTION, SOLUTION, disguised, repository

pytestmark = pytest.mark.process

CLASS = ("class/group-1", "class/group-2", "class/group-3")


@pytest.fixture(autouse=True)
def repositories(here: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("CI", raising=False)
    repository(tmp_path / CLASS[0], src__model=SOLUTION)
    repository(tmp_path / CLASS[1], src__net=disguised(SOLUTION))
    repository(tmp_path / CLASS[2], train=OTHER_SOLUTION)


def similar(*arguments: str, code: int = 0) -> tuple[Ended, SimilarClass]:
    done = run("similar", *arguments, "--out", "out")
    assert done.returncode == code, done.stdout + done.stderr
    return done, SimilarClass.model_validate_json(Path("out/similar.json").read_text())


def pairs(found: SimilarClass) -> list[tuple[str, str]]:
    return [(pair.first, pair.second) for pair in found.pairs]


def test_the_pair_is_named_with_its_places() -> None:
    done, found = similar(*CLASS)
    assert pairs(found) == [("group-1", "group-2")]
    (pair,) = found.pairs
    assert {(one.first.path, one.second.path) for one in pair.passages} == {("src/model.py", "src/net.py")}
    assert "group-1 and group-2" in done.stdout
    assert "A place to look, not a verdict." in done.stdout
    page = Path("out/similar.html").read_text()
    assert "A place to look, not a verdict." in page
    assert "torch.optim.Adam" in page
    assert [one.id for one in found.submissions] == ["group-1", "group-2", "group-3"]
    assert found.pairs_compared == 3


def test_two_runs_write_the_same() -> None:
    similar(*CLASS)
    before = [Path("out", name).read_bytes() for name in ("similar.html", "similar.json")]
    similar(*CLASS, "--jobs", "1")
    assert [Path("out", name).read_bytes() for name in ("similar.html", "similar.json")] == before


def test_a_large_class_is_read_by_processes_that_are_replaced() -> None:
    names = [f"many/group-{number}" for number in range(10, 52)]
    for name in names:
        shutil.copytree("class/group-3", name)
    done, found = similar(*CLASS, *names, "--jobs", "1")
    assert len(found.submissions) == 45
    assert not [one.problem for one in found.submissions if one.problem]
    assert pairs(found) == [("group-1", "group-2")], "what 43 of 45 have is common knowledge"
    assert "[45/45]" in done.stdout


def test_a_process_that_is_killed_costs_nobody_anything() -> None:
    names = [f"many/group-{number}" for number in range(10, 20)]
    for name in names:
        shutil.copytree("class/group-3", name)
    program = [sys.executable, "-m", "grader.cli", "similar", *CLASS, *names, "--out", "out", "--jobs", "2"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        running.stdout.readline()
        for child in psutil.Process(running.pid).children():
            if "spawn_main" in " ".join(child.cmdline()):
                child.kill()
        running.stdout.read()
    assert running.returncode == 0
    found = SimilarClass.model_validate_json(Path("out/similar.json").read_text())
    assert pairs(found) == [("group-1", "group-2")]
    assert not [one.problem for one in found.submissions if one.problem]


def test_a_group_list_and_a_folder_are_taken_as_grade_takes_them() -> None:
    Path("groups.csv").write_text("group,repository\n1,class/group-1\n2,class/group-2\n9,gone/away\n")
    done, found = similar("--groups", "groups.csv", "--allow-local", code=3)
    assert pairs(found) == [("group-1", "group-2")]
    (gone,) = (one for one in found.submissions if one.problem)
    assert gone.id == "group-9"
    assert "group-9: not compared" in done.stdout
    assert "gone/away" in Path("out/similar.html").read_text()
    assert pairs(similar("--groups", "class")[1]) == [("group-1", "group-2")]


def test_earlier_years_are_named_as_such_and_not_held_against_each_other() -> None:
    for number in (1, 2):
        repository(Path(f"2024/group-{number}"), old=SOLUTION)
    _, found = similar("class/group-2", "class/group-3", "--earlier", "2024")
    assert sorted(pairs(found)) == [("group-2", "2024/group-1"), ("group-2", "2024/group-2")]
    assert {one.id for one in found.submissions if one.earlier} == {"2024/group-1", "2024/group-2"}
    assert found.pairs_compared == 1 + 4
    assert "earlier year" in Path("out/similar.html").read_text()


def test_a_template_is_taken_out() -> None:
    Path("template").mkdir()
    Path("template/model.py").write_text(SOLUTION)
    assert not similar(*CLASS, "--template", "template")[1].pairs
    assert "No two submissions share code" in Path("out/similar.html").read_text()


def test_the_share_that_is_common_knowledge_can_be_said() -> None:
    names = [f"class/group-{number}" for number in (4, 5, 6)]
    for name in names:
        repository(Path(name), src__model=SOLUTION)
    assert not similar(*CLASS, *names)[1].pairs
    assert len(similar(*CLASS, *names, "--common", "90")[1].pairs) == 10


def test_an_output_folder_stands_for_what_was_graded_at_its_commit(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    folder = pack / "checks" / "x01_first"
    folder.mkdir(parents=True)
    (folder / "module.toml").write_text(
        'id = "X1"\nslug = "first"\ntitle = "First"\nsession = "W1"\ncore = true\n'
    )
    (folder / "test_first.py").write_text(
        "from grader.suite import check\n\n@check('It is there')\ndef test_there(submission):\n    assert submission.files()\n"
    )
    options = ("--course", str(pack), "--sandbox", "local", "--trust-submissions", "--out", "results")
    assert run("grade", *CLASS, *options).returncode == 0
    Path(CLASS[1], "src/net.py").write_text(OTHER_SOLUTION)
    git(Path(CLASS[1]), "commit", "-q", "-a", "-m", "Hide it")
    assert 'href="similar.html"' not in Path("results/index.html").read_text()
    done = run("similar", "results", "--course", str(pack))
    assert done.returncode == 0, done.stdout + done.stderr
    found = SimilarClass.model_validate_json(Path("results/similar.json").read_text())
    assert pairs(found) == [("group-1", "group-2")]
    # The overview that was there leads to it and back, and so does one that is written again.
    linked = Path("results/index.html").read_text()
    assert linked.count('href="similar.html"') == 1
    assert 'href="index.html"' in Path("results/similar.html").read_text()
    assert run("grade", *CLASS, *options).returncode == 0
    assert Path("results/index.html").read_text().count('href="similar.html"') == 1


def test_names_are_in_no_file_where_they_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("groups.csv").write_text(
        "group,student,repository\n1,adalov,class/group-1\n2,hopper,class/group-2\n"
    )
    for name in CLASS[:2]:
        path = next(Path(name).rglob("*.py"))
        text = path.read_text().replace("torch.relu(", "torch.relu(  # by adalov and Ada\n            ")
        path.rename(path.with_name("adalov_model.py")).write_text(text)
        git(Path(name), "add", "-A")
        git(Path(name), "commit", "-q", "-m", "Sign it")
    arguments = ("--groups", "groups.csv", "--allow-local")
    similar(*arguments)
    assert "by adalov" in Path("out/similar.html").read_text()
    monkeypatch.setenv("CI", "true")
    done, found = similar(*arguments)
    texts = done.stdout + done.stderr + "".join(path.read_text() for path in Path("out").iterdir())
    assert pairs(found) == [("group-1", "group-2")]
    assert "by student-1" in texts
    for name in ("adalov", "hopper", "by Ada", "class/group"):
        assert name not in texts


def test_a_secret_in_shared_code_is_not_shown() -> None:
    token = "ghp_" + "a8Kd92jQmz" * 3 + "1Qz9Xw"
    for name in CLASS[:2]:
        path = next(Path(name).rglob("*.py"))
        path.write_text(path.read_text().replace('f"models/', f'f"{token}/'))
        git(Path(name), "commit", "-q", "-a", "-m", "Leak")
    assert pairs(similar(*CLASS)[1]) == [("group-1", "group-2")]
    page = Path("out/similar.html").read_text()
    assert token not in page
    assert "[removed:" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing to compare"),
        (("class/group-1",), "alone"),
        (("class/group-1", "class/group-2", "--template", "nowhere"), "nowhere"),
        (("class/group-1", "class/group-2", "--earlier", "nowhere"), "nowhere"),
        (("class/group-1", "class/group-2", "--common", "0"), "Usage"),
    ],
)
def test_a_wrong_command_line_is_explained(arguments: tuple[str, ...], said: str) -> None:
    done = run("similar", *arguments, "--out", "out")
    assert done.returncode == 2
    assert said in done.stderr
    assert not Path("out").exists()


def test_without_the_library_it_says_how_to_have_it() -> None:
    code = (
        "import sys; sys.modules['scanoss_winnowing'] = None; sys.argv = ['grader', 'similar', 'class/group-1', 'class/group-2'];"
        "from grader.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ})
    assert done.returncode == 2
    assert "pip install 'exercise-grader[similar]'" in done.stderr


def test_the_data_says_nothing_that_is_not_in_the_contract() -> None:
    similar(*CLASS)
    data = json.loads(Path("out/similar.json").read_text())
    assert data["schema_version"] == "1.0"
    assert "torch" not in json.dumps(data)
