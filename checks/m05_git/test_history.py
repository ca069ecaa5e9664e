"""M5: a history that others can read, and work on together."""

import re
from collections import Counter

from grader.suite import box, check, evidence, measure, not_applicable, partial, work

_AI = re.compile(r"@(?:anthropic|openai|cursor|aider)\.\w+$|copilot|claude\b.*\[bot\]|codex.*\[bot\]", re.I)
_BOT_BRANCH = re.compile(r"dependabot|renovate|pre-commit-(?:ci|update|autoupdate)", re.I)

# How forges write a pull request into a history: GitHub (merged, squashed), GitLab, Bitbucket, Azure.
_PULL_REQUESTS = (
    re.compile(r"^Merge pull request #(\d+) from (\S+)"),
    re.compile(r"\(#(\d+)\)\s*$"),
    re.compile(r"merge request \S*!(\d+)"),
    re.compile(r"\(pull request #(\d+)\)"),
    re.compile(r"^Merged PR (\d+)\b"),
)
# Who commits where a forge squashes a pull request.
_FORGE = re.compile(r"noreply@github\.com$|@users\.noreply\.gitlab\.|@bitbucket\.org$", re.I)
# What `git pull` writes when two copies of one branch meet, and what brings main into a branch.
_PULL = re.compile(r"^Merge (?:remote-tracking )?branch '[^']+' of \S+")
_UPDATE = re.compile(
    r"^Merge (?:remote-tracking )?branch '(?:origin/)?(?:main|master)' into (?!main\b|master\b)"
)

_VAGUE = """
a add added adding adds an and are as asdf at bug bugfix bugs change changed changes code commit commits debug did done
edit edits file files final finished first fix fixed fixes fixing for from hello hi hotfix idk improved in initial is it
last latest lol merge minor misc modification modified more my new now of oops ops ok on please progress push pushed quick
save second small some stuff temp the thing things this tmp to try trying up update updated updates updating upload via we
wip work works working xd yes
"""
_SAYS_NOTHING = frozenset(_VAGUE.split())


def _is_machine(person):
    return person.is_bot


def _by_people(submission):
    return [commit for commit in submission.history.commits if not _is_machine(commit.author)]


def _steps(submission):
    """The commits in which people did something: no merges, no bots; in an exercise none that changes no file."""
    return [
        commit for commit in _by_people(submission) if not commit.is_merge and _counts(submission, commit)
    ]


def _counts(submission, commit):
    return submission.profile == "project" or submission.history.changes(commit)


def _seen(commit, text=""):
    return evidence("", None, f"commit {commit.sha[:7]}: {text or commit.subject}")


@work("commits of your own: a history of more than the one commit with which it began")
def find_work(submission):
    history = submission.history
    commits = history.seen
    return not history.complete or len(commits) >= 2 or (submission.profile == "project" and bool(commits))


@check(
    "The work grew in small commits",
    points=2,
    required="exercises",
    questions=[9],
    hint="Commit after every step that works, so that each can be read, and undone, alone: at least 4 commits in an "
    "exercise, 10 in a project. A history cannot be made up afterwards: start committing today.",
)
def test_work_grew_in_steps(submission):
    steps = _steps(submission)
    measure("n_commits", len(submission.history.commits))
    measure("n_commits_default_branch", len(submission.history.on_default))
    measure("n_contributors", len(submission.history.people))
    measure("n_commits_with_ai", sum(_names_ai(commit) for commit in submission.history.commits))
    measure("active_days", len({commit.authored_at.date() for commit in steps}))
    wanted = 10 if submission.profile == "project" else 4
    if steps:
        _seen(steps[-1])
    many = f"{len(steps)} commit{'' if len(steps) == 1 else 's'}"
    assert len(steps) > wanted // 2, f"The whole work came in {many} (merges and bots apart)."
    if len(steps) < wanted:
        partial(1, f"The work came in {many} (merges and bots apart); at least {wanted} were expected.")


def _names_ai(commit):
    people = filter(_is_machine, (commit.author, commit.committer, *commit.co_authors))
    return any(_AI.search(f"{person.name} {person.email}") for person in people)


@check(
    "Commit messages say what changed",
    points=1,
    required="exercises",
    questions=[9],
    hint="A message names the thing that changed and what happened to it: `Normalise images by the training mean`, not "
    "`update`. Each one differs from the last, because each commit does.",
)
def test_messages_say_what_changed(submission):
    measure("average_message_length", round(submission.history.average_message_length, 2), "characters")
    times = Counter()
    told, vague = 0, []
    for commit in reversed(_steps(submission)):
        subject = commit.subject.strip()
        times[subject.casefold()] += 1
        if re.fullmatch(r"initial commit\.?", subject, re.I):
            continue
        if _says_something(subject) and times[subject.casefold()] <= 2:
            told += 1
        else:
            vague.append(commit)
    total = told + len(vague)
    if not total:
        not_applicable("There is no commit message of a person beyond the initial commit.")
    share = told / total
    measure("share_of_clear_messages", round(100 * share, 1), "%")
    for commit in vague[:5]:
        _seen(commit)
    said = f"{len(vague)} of {total} messages do not say what changed, or repeat an earlier one"
    examples = ", ".join(f"`{commit.subject[:40]}`" for commit in vague[:3])
    assert share >= 0.4, f"{said}: {examples}."
    if share < 0.7:
        partial(0.5, f"{said}: {examples}.")


def _says_something(subject):
    words = re.findall(r"[^\W\d_]{2,}", subject.casefold())
    return len(words) >= 2 and not _SAYS_NOTHING.issuperset(words)


@check(
    "Work was done on branches and came back",
    points=2,
    required="exercises",
    questions=[9],
    hint="`git switch -c my-step`, commit, then merge it: by a pull request, or with `git merge --no-ff my-step` on main.",
)
def test_branch_was_merged_back(submission):
    history = submission.history
    pulls = _pull_requests(submission)
    merges = [commit for commit in _by_people(submission) if commit.is_merge and _brings_back(commit)]
    merged = [commit for commit in merges if _counts(submission, commit)]
    tip = next((commit.sha for commit in history.on_default), "")
    others = [
        branch for branch in history.branches if branch.sha != tip and not _BOT_BRANCH.search(branch.name)
    ]
    measure("n_branches", len(history.branches))
    measure("n_merges", len(history.merges))
    measure("n_pull_requests", len(pulls))
    for commit in [*pulls.values(), *merged][:3]:
        _seen(commit)
    if pulls or merged:
        return
    contained = {commit.sha for commit in history.on_default}
    kept = [branch.name for branch in others if branch.sha in contained]
    if len(kept) >= 2 and submission.profile == "project":
        return
    if kept:
        partial(1, f"The branch {kept[0]!r} is there, but no merge shows that its work came back.")
    assert not others, (
        f"The branch {others[0].name!r} was never merged: its work is not on the default branch."
    )
    raise AssertionError(
        "All commits were made on one branch: no merge and no pull request is in the history."
    )


def _pull_requests(submission):
    """The commits by which people's pull requests came in, by number."""
    found = {}
    for commit in _by_people(submission):
        for pattern in _PULL_REQUESTS:
            match = pattern.search(commit.subject) or pattern.search(commit.body)
            words = match and submission.profile == "exercises" and not _is_pulled(submission, commit)
            if match and not words and not _BOT_BRANCH.search(match.group(match.lastindex)):
                found.setdefault(match.group(1), commit)
    return found


def _is_pulled(submission, commit):
    """Whether more than words say that a commit is a pull request's: a merge, or one that a forge made, that changes files."""
    made = commit.is_merge or _FORGE.search(commit.committer.email)
    return bool(made) and submission.history.changes(commit)


def _brings_back(commit):
    return commit.on_default and not _PULL.search(commit.subject) and not _UPDATE.search(commit.subject)


@check(
    "Two lines of work that went apart were merged",
    points=1,
    scope="exercises",
    hint="Change the same line on two branches, merge one, then the other: git stops at the conflict. Edit the file so "
    "that it holds what both meant, `git add` it, and finish with `git commit`.",
)
def test_diverging_work_was_merged(submission):
    parents = {commit.sha: commit.parents for commit in submission.history.commits}
    merges = [commit for commit in _by_people(submission) if commit.is_merge][:200]
    assert merges, "No commit has two parents: nothing was merged."
    merges = [commit for commit in merges if submission.history.joins(commit)]
    for merge in merges:
        ours, theirs = merge.parents[:2]
        if not _reaches(parents, ours, theirs) and not _reaches(parents, theirs, ours):
            _seen(merge)
            return
    assert any(map(submission.history.changes, submission.history.merges)), (
        "Every merge left the files as they were: nothing was brought together."
    )
    partial(
        0.5, "Every merge brought work to a branch that had stood still: there was nothing to bring together."
    )


def _reaches(parents, start, wanted):
    """Whether `wanted` is `start` or one of its ancestors."""
    seen, ahead = {start}, [start]
    while ahead:
        commit = ahead.pop()
        if commit == wanted:
            return True
        new = [parent for parent in parents.get(commit, ()) if parent not in seen]
        seen.update(new)
        ahead += new
    return False


@check(
    "The work is spread over several days",
    points=1,
    scope="project",
    required=False,
    questions=[9],
    hint="Commit and push at the end of every day that you work.",
)
def test_work_spread_over_days(submission):
    days = sorted({commit.authored_at.date() for commit in _steps(submission)})
    if not days:
        not_applicable("No commit of a person is in this history.")
    if len(days) == 2:
        partial(0.5, f"All commits are of two days, {days[0]} and {days[1]}.")
    assert len(days) > 2, f"All commits are of one day, {days[0]}."


@check(
    "Everyone's work is in the history",
    points=1,
    scope="project",
    required=False,
    questions=[2, 9, 31],
    boxes=["w1-02"],
    hint="Each member commits under their own name; who worked together at one screen is named in the message by a line "
    "`Co-authored-by: Name <address>`.",
)
def test_members_share_the_work(submission):
    steps = _steps(submission)
    people = len(submission.history.people)
    authors = [author for author in submission.history.authors if not author.is_bot and author.commits]
    if not authors:
        not_applicable("No commit of a person is in this history.")
    top = authors[0]
    own = [commit for commit in steps if commit.author.name in top.names or commit.author.email in top.emails]
    alone = [commit for commit in own if all(map(_is_machine, commit.co_authors))]
    measure("share_of_top_author", round(100 * len(own) / len(steps), 1), "%")
    measure("n_co_authored_commits", sum(not all(map(_is_machine, commit.co_authors)) for commit in steps))
    share = len(alone) / len(steps)
    if people == 1 or share > 0.95:
        # Who may write is a setting of the forge, and not everybody who may does.
        box("w1-02", None, "Nearly all commits are of one person, which does not say who has write access.")
    assert people > 1, f"All {len(steps)} commits are of one person, and no one else is named as co-author."
    assert share <= 0.95, (
        f"One person made {len(alone)} of {len(steps)} commits, with no one named as co-author."
    )


@check(
    "No work is left behind on a branch",
    points=1,
    scope="project",
    required=False,
    hint="What is graded is the default branch at the deadline: merge what belongs to the project, delete what does not.",
)
def test_nothing_left_on_a_branch(submission):
    steps = _steps(submission)
    apart = [commit for commit in steps if not commit.on_default]
    measure("n_unmerged_commits", len(apart))
    landed = {commit.subject.casefold() for commit in steps if commit.on_default}
    lost = [commit for commit in apart if commit.subject.casefold() not in landed]
    squashes = any(not commit.is_merge for commit in _pull_requests(submission).values())
    if lost and squashes:
        not_applicable(
            "Pull requests were squashed here, which leaves their commits apart from the default branch."
        )
    for commit in lost[:3]:
        _seen(commit)
    many = f"{len(lost)} of {len(steps)} commits are on branches that never came back"
    assert len(lost) <= max(5, 0.3 * len(steps)), f"{many} to the default branch."
