"""M5: whether a project is in git at all, with its code where it is graded."""

from grader.suite import box, check, evidence, measure, not_applicable


def _steps(submission):
    """The commits in which people did something: no merges, no bots."""
    return [one for one in submission.history.commits if not one.author.is_bot and not one.is_merge]


@check(
    "The project has a git history",
    points=1,
    required=False,
    scope="project",
    questions=[9],
    boxes=["w1-01"],
    hint="Commit after every step that works. A history cannot be made up afterwards: start committing today.",
)
def test_the_project_has_a_history(submission):
    steps = _steps(submission)
    days = sorted({one.authored_at.date() for one in steps})
    measure("n_days_with_commits", len(days))
    if steps:
        evidence("", None, f"{len(steps)} commits on {len(days)} days, from {days[0]} to {days[-1]}")
        # However few there are, and however fast they came: the repository was created.
        box("w1-01", True, f"The repository has commits of people, the first of {days[0]}.")
    assert len(steps) >= 3, f"The whole project came in {len(steps)} commits (merges and bots apart)."
    assert len(days) > 1 or len(steps) >= 10, f"All {len(steps)} commits are of one day, {days[0]}."


@check(
    "The default branch holds the project's code",
    points=1,
    scope="project",
    required=False,
    boxes=["x-06"],
    hint="What is graded is the default branch at the deadline: merge what belongs to the project.",
)
def test_the_default_branch_holds_the_code(submission):
    code = submission.code(notebooks=True)
    lines = sum(file.code_lines for file in code)
    measure("n_code_files", len(code))
    measure("n_code_lines", lines)
    if not code and submission.unread_python:
        not_applicable("Its Python files cannot be read.")
    for file in sorted(code, key=lambda one: -one.code_lines)[:3]:
        evidence(file.path, None, f"{file.code_lines} lines of code")
    assert lines >= 20, (
        "There is no code of the group's own on this branch: only what the template made, or nothing."
    )
    if not submission.has_remote:
        box(
            "x-06",
            None,
            "The repository has no remote: whether its code was uploaded, nobody can tell from here.",
        )
