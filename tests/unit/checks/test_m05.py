"""M5's traps: what looks like a history, what looks like none, and who counts."""

from __future__ import annotations

from typing import Any

import pytest

from grader.testing import run_check

SUITE = "checks/m05_git"
ADA, BO = {"name": "Ada", "email": "ada@uni.dk"}, {"name": "Bo", "email": "bo@uni.dk"}
BOT = {"name": "dependabot[bot]", "email": "49699333+dependabot[bot]@users.noreply.github.com"}
CLAUDE = {"name": "Claude", "email": "noreply@anthropic.com"}


def commit(number: int, subject: str = "", **fields: Any) -> dict[str, Any]:
    when = f"2026-01-{1 + number % 20:02}T10:00:00+01:00"
    return {
        "sha": f"{number:040}",
        "parents": [f"{number - 1:040}"] if number else [],
        "author": ADA,
        "committer": ADA,
        "co_authors": [],
        "authored_at": when,
        "committed_at": when,
        "subject": subject or f"Describe thing number {number} of {'abcdefghij'[number % 10] * 3}",
        "body": "",
        "on_default": True,
        **fields,
    }


def history(*commits: dict[str, Any]) -> list[dict[str, Any]]:
    return list(reversed(commits))


def verdict(check: str, commits: list[dict[str, Any]], profile: str = "project", **more: Any) -> str:
    return run_check(SUITE, check, more.pop("files", {}), profile=profile, commits=commits, **more).verdict


def test_one_bulk_commit_contradicts_a_project_and_is_no_start_of_an_exercise() -> None:
    bulk = [commit(0, "Add everything")]
    assert verdict("work_grew_in_steps", bulk) == "failed"
    assert verdict("work_grew_in_steps", bulk, "exercises") == "blocked"
    assert verdict("work_grew_in_steps", []) == "blocked"


def test_a_commit_that_changes_no_file_is_no_step_of_an_exercise() -> None:
    real = [commit(number, tree=f"{number}" * 40) for number in range(3)]
    empty = [commit(number, tree="2" * 40) for number in range(3, 9)]
    assert verdict("work_grew_in_steps", history(*real, *empty), "exercises") == "partial"
    assert verdict("work_grew_in_steps", history(*empty), "exercises") == "failed"
    assert verdict("work_grew_in_steps", history(*real, *empty)) == "partial"
    # Where trees are not known, nobody is accused.
    assert verdict("work_grew_in_steps", history(*map(commit, range(5))), "exercises") == "passed"


def test_words_of_a_pull_request_are_none_in_an_exercise() -> None:
    forge = {"name": "GitHub", "email": "noreply@github.com"}
    first = commit(0, tree="0" * 40)
    squashed = {"subject": "Add the training loop (#12)", "tree": "1" * 40}
    said = history(first, commit(1, **squashed))
    assert verdict("branch_was_merged_back", said, "exercises") == "failed"
    pulled = history(first, commit(1, **squashed, committer=forge))
    assert verdict("branch_was_merged_back", pulled, "exercises") == "passed"
    empty = history(first, commit(1, **{**squashed, "tree": "0" * 40}, committer=forge))
    assert verdict("branch_was_merged_back", empty, "exercises") == "failed"
    assert verdict("branch_was_merged_back", said) == "passed"


def test_a_merge_that_takes_one_side_whole_brings_nothing_together() -> None:
    def merged(tree: str) -> list[dict[str, Any]]:
        base, ours = commit(0, tree="0" * 40), commit(1, tree="1" * 40)
        theirs = commit(2, tree="2" * 40, parents=[base["sha"]], on_default=False)
        merge = commit(3, "Merge branch 'b'", tree=tree * 40, parents=[ours["sha"], theirs["sha"]])
        return history(base, ours, theirs, merge)

    assert verdict("diverging_work_was_merged", merged("3"), "exercises") == "passed"
    assert verdict("diverging_work_was_merged", merged("2"), "exercises") == "partial"
    assert verdict("diverging_work_was_merged", merged("1"), "exercises") == "failed"
    assert verdict("branch_was_merged_back", merged("1"), "exercises") == "failed"


def test_merges_and_bots_are_no_steps() -> None:
    own = [commit(number) for number in range(4)]
    bots = [commit(number, author=BOT) for number in range(4, 14)]
    merges = [commit(number, parents=["a", "b"]) for number in range(14, 24)]
    assert verdict("work_grew_in_steps", history(*own, *bots, *merges)) == "failed"
    assert verdict("work_grew_in_steps", history(*[commit(number) for number in range(7)])) == "partial"


@pytest.mark.parametrize(
    ("subject", "counts"),
    [
        ("Add the training loop (#12)", True),
        ("Merge pull request #3 from group/train-loop", True),
        ("Merge branch 'train-loop'", False),  # one parent: a subject alone is no merge
        ("Merge pull request #9 from group/dependabot/pip/torch-2.6", False),
        ("Fix issue #12 in the loader", False),
    ],
)
def test_pull_requests_are_read_from_subjects(subject: str, counts: bool) -> None:
    result = run_check(
        SUITE,
        "branch_was_merged_back",
        {},
        profile="project",
        commits=history(commit(0), commit(1, subject)),
        branches=[{"name": "main", "sha": f"{1:040}"}],
    )
    assert (result.verdict == "passed") is counts
    assert {one.name: one.value for one in result.measurements}["n_pull_requests"] == int(counts)


def test_a_bots_squashed_pull_request_is_not_the_groups() -> None:
    commits = history(commit(0), commit(1, "Bump torch from 2.5 to 2.6 (#4)", author=BOT))
    assert (
        verdict("branch_was_merged_back", commits, branches=[{"name": "main", "sha": f"{1:040}"}]) == "failed"
    )


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Merge branch 'main' of https://github.com/group/project", "failed"),
        ("Merge branch 'main' into train-loop", "failed"),
        ("Merge branch 'train-loop'", "passed"),
        ("brought the loop home", "passed"),
    ],
)
def test_a_pull_of_ones_own_branch_is_no_branch(subject: str, expected: str) -> None:
    merge = commit(3, subject, parents=[f"{2:040}", f"{1:040}"])
    commits = history(commit(0), commit(1), commit(2, parents=[f"{0:040}"]), merge)
    assert (
        verdict("branch_was_merged_back", commits, branches=[{"name": "main", "sha": f"{3:040}"}]) == expected
    )


def test_a_fast_forward_of_one_branch_is_half_a_proof() -> None:
    branches = [{"name": "main", "sha": f"{2:040}"}, {"name": "loop", "sha": f"{1:040}"}]
    assert verdict("branch_was_merged_back", history(*map(commit, range(3))), branches=branches) == "partial"


@pytest.mark.parametrize(
    ("subjects", "expected"),
    [
        (["Add tests", "Update README.md", "fix: learning rate was ignored"], "passed"),
        (["update", "wip", "more changes"], "failed"),
        (["Tilføj indlæsning af data", "Ret fejl i træningen"], "passed"),
        (["Train longer"] * 6, "failed"),
        (["Initial commit"], "not_applicable"),
    ],
)
def test_messages(subjects: list[str], expected: str) -> None:
    commits = history(*[commit(number, subject) for number, subject in enumerate(subjects)])
    assert verdict("messages_say_what_changed", commits) == expected


def test_a_program_is_no_member_and_a_co_author_is() -> None:
    alone = [commit(number, co_authors=[CLAUDE]) for number in range(20)]
    assert verdict("members_share_the_work", history(*alone)) == "failed"
    paired = [commit(number, co_authors=[BO] if number % 2 else []) for number in range(20)]
    assert verdict("members_share_the_work", history(*paired)) == "passed"


def test_ninety_nine_to_one_is_not_shared() -> None:
    commits = [*map(commit, range(99)), commit(99, author=BO)]
    assert verdict("members_share_the_work", history(*commits)) == "failed"
    assert verdict(
        "members_share_the_work", history(*commits, *[commit(n, author=BO) for n in range(100, 110)])
    ) == ("passed")


def test_work_left_on_a_branch_is_named_but_not_where_pull_requests_are_squashed() -> None:
    main = [commit(number) for number in range(10)]
    apart = [commit(number, on_default=False) for number in range(20, 30)]
    assert verdict("nothing_left_on_a_branch", history(*main, *apart)) == "failed"
    squashed = commit(11, "Add the loop (#1)")
    assert verdict("nothing_left_on_a_branch", history(*main, squashed, *apart)) == "not_applicable"


@pytest.mark.parametrize(
    ("days", "expected"), [([0] * 9, "failed"), ([0, 1] * 5, "partial"), (list(range(9)), "passed")]
)
def test_days(days: list[int], expected: str) -> None:
    commits = [
        commit(number, authored_at=f"2026-01-{1 + day:02}T10:00:00+01:00") for number, day in enumerate(days)
    ]
    assert verdict("work_spread_over_days", history(*commits)) == expected


TWO = history(commit(0), commit(1))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.py": "x = 1\n<<<<<<< HEAD\ny = 2\n"}, "failed"),
        ({"a.py": "x = 1\r\n>>>>>>> main\r\n"}, "failed"),
        ({"README.md": "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n"}, "failed"),
        ({"README.md": "```\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n```\n"}, "passed"),
        ({"index.rst": "Title\n=======\n"}, "passed"),
        ({"a.py": "text = '''\n>>>>>>>\n'''\n"}, "passed"),
        ({"a.bin": b"\x00<<<<<<< x"}, "passed"),
    ],
)
def test_conflict_markers(files: dict[str, str | bytes], expected: str) -> None:
    assert verdict("no_conflict_markers", TWO, files=files) == expected


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["env/agent.py", "outputs/table.csv", "wandb/sweep.yaml", "build/make.py"], "passed"),
        (["src/__pycache__/a.pyc"], "partial"),
        (["venv/pyvenv.cfg", "venv/lib/site-packages/x.py", "venv/lib/site-packages/y.py"], "failed"),
        (["outputs/2026-01-06/10-00-00/.hydra/config.yaml"], "partial"),
    ],
)
def test_generated_files(paths: list[str], expected: str) -> None:
    assert verdict("generated_files_stay_out", TWO, files=dict.fromkeys(paths, "x\n")) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.py": "x\n", ".gitignore": "*.py[cod]\n"}, "passed"),
        ({"a.py": "x\n", "project/.gitignore": "**/__pycache__/\n"}, "passed"),
        ({"a.py": "x\n", ".gitignore": "# __pycache__/\ndata/\n"}, "failed"),
        (
            {"a.py": "x\n", ".gitignore": b"\xff\xfe_\x00_\x00p\x00y\x00c\x00a\x00c\x00h\x00e\x00_\x00_\x00"},
            "passed",
        ),
        ({"notes.md": "x\n"}, "not_applicable"),
    ],
)
def test_gitignore(files: dict[str, str | bytes], expected: str) -> None:
    assert verdict("gitignore_covers_caches", TWO, files=files) == expected


def test_the_exercises_files_may_have_other_names() -> None:
    files = {
        "src/mnist/data.py": "x = 1\n",
        "src/mnist/network.py": "import torch\nclass N(torch.nn.Module): ...\n",
    }
    assert verdict("exercise_files_are_tracked", TWO, "exercises", files=files) == "partial"
    files["src/mnist/train.py"] = "def train():\n    print('x')\n"
    assert verdict("exercise_files_are_tracked", TWO, "exercises", files=files) == "passed"
