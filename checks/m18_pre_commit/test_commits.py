"""M18: commits that hooks have to refuse, and such that they have to let pass, tried with the students' configuration."""

import re

from grader.suite import check, evidence, partial

from ..common.workflows import live_steps
from ._blemishes import (
    finding_commits,
    format_commits,
    further_commits,
    large_commits,
    own_copy,
    table_commits,
    text_commits,
    word,
    yaml_commits,
)
from ._commits import commit, last_words, tried
from ._hook_config import CONFIG, config_of, hooks_of, loose_versions, unknown_hooks
from ._remote_hooks import CODE, SAMPLE, known

#: One file in so many may be kept from the hooks: what a tool writes.
_KEPT_FROM = 5
_MOST = 60
_ALL = ("run", "--all-files")


def _refusals(student, submission, commits, told):
    """Fail where the first commit, which is in order, is refused, or one of the others is not; `told` says what these have."""
    (clean, *dirty), elsewhere = tried(student, submission, commits, first=True)
    for name in elsewhere[:3]:
        evidence(CONFIG, None, f"{name} is not run: its program is not there where grading runs")
    assert not clean["code"], (
        f"What is to pass, a copy of a file of yours among it, is refused: {last_words(clean['said'])}"
    )
    for one, what in zip(dirty, told, strict=True):
        assert one["code"] == 1, f"A commit of {what} is let pass."


@check(
    "pre-commit reads the configuration, and lets code pass that is in order",
    points=2,
    scope="exercises",
    environment="optional",
    hint="`pre-commit validate-config` names the line. Blocks of the same kind begin in the same column, and a hook is known by "
    "its id.",
)
def test_configuration_is_read(submission, student, rng):
    config = config_of(submission)
    assert hooks_of(config), "No hook is configured."
    wrong = unknown_hooks(config)
    assert not wrong, wrong
    (valid, *clean), _ = tried(
        student,
        submission,
        [
            commit({}, "validate-config", CONFIG, config=False),
            commit(own_copy(submission, rng)),
        ],
        first=True,
    )
    assert not valid["code"], f"pre-commit refuses the configuration: {last_words(valid['said'])}"
    [clean] = clean
    assert not clean["code"], f"Even a copy of a file of yours is refused: {last_words(clean['said'])}"
    ran = [line for line in clean["said"].splitlines() if line.rstrip().endswith("Passed")]
    assert ran, "No hook looks at a copy of a file of yours."


@check(
    "Blanks at the end of a line and a missing end of line are refused",
    points=2,
    scope="exercises",
    environment="optional",
    hint="Two hooks of pre-commit's own repository mend texts. `files`, `exclude` and `stages` decide when a hook runs at all.",
)
def test_untidy_text_is_refused(submission, student, rng):
    told = ["a line with blanks at its end", "a text that does not end with its line"]
    _refusals(student, submission, text_commits(submission, rng), told)


@check(
    "YAML that does not read, and a file of megabytes, are refused",
    points=2,
    scope="exercises",
    environment="optional",
    hint="Two hooks more of the same repository. How large is too large is an argument; data belongs to DVC, not to git.",
)
def test_broken_yaml_and_large_files_are_refused(submission, student, rng):
    readable, broken = yaml_commits(submission, rng)
    small, large = large_commits(submission, rng)
    clean = commit({})
    clean["files"] = {**readable["files"], **small["files"]}
    _refusals(student, submission, [clean, broken, large], ["YAML that does not read", "a file of 8 MB"])


@check(
    "Code with findings is refused, also where nothing mends it",
    points=2,
    scope="exercises",
    environment="optional",
    hint="A linter that ends with 0 stops nothing: look at its arguments. What it can mend it mends, and the commit is to be "
    "made again.",
)
def test_findings_are_refused(submission, student, rng):
    told = ["an import that is not used", "a name that is not defined"]
    _refusals(student, submission, finding_commits(submission, rng), told)


@check(
    "Code that is not formatted is refused",
    points=2,
    scope="exercises",
    environment="optional",
    hint="Linting and formatting are two hooks of the same repository.",
)
def test_unformatted_code_is_refused(submission, student, rng):
    _refusals(student, submission, format_commits(submission, rng), ["code that a formatter would change"])


def _further(submission, rng, config):
    """Commits by the id of a hook that is none of the sample and none of ruff."""
    found = {}
    # Of local hooks first those that run a program of the repository.
    for address, _, hook in sorted(
        hooks_of(config),
        key=lambda one: not any(map(submission.exists, str(one[2].get("entry", "")).split())),
    ):
        name = str(hook["id"])
        if address == "local" and not known(address):
            found[name] = [{**one, "words": ["run", name]} for one in table_commits(submission, rng)]
        elif known(address) and name not in (*SAMPLE, *CODE):
            found[name] = further_commits(submission, rng, name)
    return {name: commits for name, commits in list(found.items())[:4] if commits}


@check(
    "One hook more refuses what it is for, and nothing else",
    points=3,
    scope="exercises",
    environment="optional",
    hint="pre-commit gives a hook the names of the files as arguments, some or all of them, and looks at its exit code alone. "
    "Tables have cells with commas in quotes: `csv` reads them.",
)
def test_one_hook_more(submission, student, rng):
    config = config_of(submission)
    by_hook = _further(submission, rng, config)
    assert by_hook, "Beside those of the sample and those of ruff there is no hook that can be tried here."
    steps, elsewhere = tried(student, submission, [one for group in by_hook.values() for one in group])
    wrong = []
    for name, group in by_hook.items():
        clean, *dirty = (steps.pop(0) for _ in group)
        why = ""
        if name in elsewhere:
            why = "is not run: its program is not there where grading runs"
        elif clean["code"]:
            why = f"refuses what is in order: {last_words(clean['said'])}"
        elif not all(one["code"] == 1 for one in dirty):
            why = "lets pass what it should refuse"
        if not why:
            evidence(CONFIG, None, f"id: {name}")
            return
        wrong.append(evidence(CONFIG, None, f"{name} {why}"))
    assert not wrong, wrong


def _own(submission):
    """The paths of the students' own code."""
    return [file.path for file in submission.code(tests=True)][:_MOST]


@check(
    "All files pass, and each of them is looked at",
    points=2,
    scope="exercises",
    environment="optional",
    hint="`pre-commit run --all-files` mends most of what it finds; run it until it changes nothing. Leaving a file out is no "
    "way to mend it.",
)
def test_all_files_pass(submission, student, rng):
    paths = _own(submission)
    assert paths, "There is no Python file for the hooks to look at."
    config = config_of(submission)
    assert hooks_of(config), "No hook is configured."
    # Each still runs as before: what a hook of the repository's own does is not changed by it.
    blemish = f"\nimport os\n{word(rng).upper()} = [ {rng.randrange(99)},{rng.randrange(99)}]\n"
    behind = dict.fromkeys(paths, blemish)
    commits = [commit({}, *_ALL), commit({}, *_ALL, behind=behind, committed=True)]
    (as_it_is, *others), _ = tried(student, submission, commits, first=True)
    assert not as_it_is["code"], f"`pre-commit run --all-files` fails: {last_words(as_it_is['said'])}"
    [blemished] = others
    assert blemished["code"] == 1, "With a blemish in every Python file, `pre-commit run --all-files` passes."
    left = [path for path in paths if path not in blemished["changed"] and path not in blemished["said"]]
    assert len(left) <= len(paths) // _KEPT_FROM, [
        evidence(path, None, "no hook looks at this file") for path in left[:5]
    ]


@check(
    "Each hook has a version that stays what it is",
    points=1,
    scope="exercises",
    requires=["configuration_is_read"],
    hint="A branch is another thing tomorrow. `pre-commit autoupdate` writes the newest tags.",
)
def test_versions_stay(submission):
    wrong = loose_versions(config_of(submission))
    assert not wrong, wrong


#: Where the run of CI begins and ends, for a run on what was changed alone.
_RANGE = {
    "--from-ref": "HEAD~1",
    "-s": "HEAD~1",
    "--source": "HEAD~1",
    "--to-ref": "HEAD",
    "-o": "HEAD",
    "--origin": "HEAD",
}
_PROGRAMS = ("pre-commit", "prek")


def _ci_words(submission):
    """`(words of pre-commit, hooks that are skipped, evidence)` of each run in CI that can turn it red."""
    found = []
    for flow in submission.workflows():
        if not {"push", "pull_request", "merge_group"} & set(flow.triggers):
            continue
        for job, step in live_steps(flow):
            if step.action == "pre-commit/action" and not (step.continue_on_error or job.continue_on_error):
                given = str(step.with_.get("extra_args", "--all-files")).split()
                skip = str(step.env.get("SKIP", job.env.get("SKIP", "")))
                found.append((("run", *given), skip, flow.evidence(step.line, step.uses)))
    for run in submission.ci_runs():
        if run.workflow is None or not {"push", "pull_request", "merge_group"} & set(run.workflow.triggers):
            continue
        if run.command.forgiven or run.step.continue_on_error or run.job.continue_on_error:
            continue
        for plain in run.command.inner():
            if plain[:1] and plain[0] in _PROGRAMS and plain[1:2] == ("run",):
                given = dict(run.command.given)
                skip = str(given.get("SKIP", run.step.env.get("SKIP", run.job.env.get("SKIP", ""))))
                found.append((plain[1:], skip, run.command.evidence))
    return found


def _here(words):
    """The words as they are for one commit."""
    found = []
    for word_ in words:
        before = found[-1] if found else ""
        name, equals, _ = word_.partition("=")
        if before in _RANGE:
            found.append(_RANGE[before])
        elif equals and name in _RANGE:
            found.append(f"{name}={_RANGE[name]}")
        else:
            found.append(word_)
    return [one for one in found if not re.match(r"-c$|--config|--color|\$", one)]


def _is_on_pre_commit_ci(submission):
    """Whether there are settings for pre-commit.ci."""
    for path in submission.files(".pre-commit-ci.yaml", ".pre-commit-ci.yml"):
        if isinstance(submission.yaml(path), dict) and submission.yaml(path):
            return True
    return bool(config_of(submission).get("ci"))


@check(
    "CI runs the hooks, and turns red for a blemish that somebody pushed",
    points=2,
    scope="exercises",
    environment="optional",
    above=(".github",),
    requires=["all_files_pass"],
    hint="Nothing is staged in CI: which files does `pre-commit run` look at there? A step whose failure is forgiven tells "
    "nobody.",
)
def test_ci_runs_hooks(submission, student, rng):
    runs = _ci_words(submission)
    if not runs and _is_on_pre_commit_ci(submission):
        partial(1, "Whether pre-commit.ci is switched on lies outside of the repository.")
    assert runs, "No workflow for pushes or pull requests runs the hooks in a step whose failure counts."
    text, findings = text_commits(submission, rng)[1], finding_commits(submission, rng)[2]
    problem = None
    for words, skip, place in runs[:2]:
        commits = [
            {**one, "words": _here(words), "committed": True, "skip": skip}
            for one in (commit({}), text, findings)
        ]
        (clean, *dirty), _ = tried(student, submission, commits, first=True)
        if not clean["code"] and all(one["code"] == 1 for one in dirty):
            evidence(place.path, place.line, place.text)
            return
        what = "fails where all is in order" if clean["code"] else "passes whatever was pushed"
        problem = problem or evidence(place.path, place.line, f"{place.text}: {what}")
    assert problem is None, problem
