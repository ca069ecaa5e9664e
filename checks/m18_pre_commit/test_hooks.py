"""M18: hooks that run before each commit."""

import re

from grader.suite import SubmissionFault, check, evidence, measure, partial, work

_CONFIG = ("**/.pre-commit-config.yaml", "**/.pre-commit-config.yml")
_OTHERS = ("**/lefthook.yml", "**/.husky/pre-commit", "**/.githooks/pre-commit", "**/prek.toml")
_NAMED = re.compile(r"(?:^|[/_])m_?18(?:[/_.]|$)|pre.?commit/", re.IGNORECASE)
#: The sample that `pre-commit sample-config` prints.
_SAMPLE = {"trailing-whitespace", "end-of-file-fixer", "check-yaml", "check-added-large-files"}
#: Its version in the template, and the one that the command prints.
_SAMPLE_VERSIONS = {"v3.2.0"}


def _hooks(submission):
    """`(path, line, id, repository, revision)` of each hook that is configured."""
    found = []
    for path in submission.files(*_CONFIG):
        data = submission.yaml(path)
        repos = data.get("repos") if isinstance(data, dict) else None
        if not isinstance(repos, list):
            raise SubmissionFault(f"{path} has no list of `repos`.")
        for repo in repos:
            hooks = repo.get("hooks") if isinstance(repo, dict) else None
            for hook in hooks if isinstance(hooks, list) else ():
                if isinstance(hook, dict) and hook.get("id"):
                    found.append(
                        (
                            path,
                            getattr(hook, "line", None),
                            str(hook["id"]),
                            str(repo.get("repo")),
                            str(repo.get("rev", "")),
                        )
                    )
    return found


@work(
    "a configuration of hooks: `.pre-commit-config.yaml`",
    above=(".pre-commit-config.yaml", ".pre-commit-config.yml"),
)
def find_work(submission):
    found = submission.files(*_CONFIG, *_OTHERS)
    if submission.profile == "project":
        return bool(found)
    # What the template brings along comes last; the work may be in a folder of its own.
    paths = sorted(
        found, key=lambda path: (submission.is_template(path), not _NAMED.search(path), path.count("/"))
    )
    return [path.rpartition("/")[0] or "." for path in paths if path.endswith((".yaml", ".yml"))]


@check(
    "Hooks check each commit",
    points=1,
    scope="project",
    required=False,
    questions=[6, 11],
    boxes=["w2-07"],
    hint="`pre-commit sample-config > .pre-commit-config.yaml`, add ruff, and `pre-commit install`.",
)
def test_hooks_check_each_commit(submission):
    found = _hooks(submission)
    names = {name for _, _, name, _, _ in found}
    measure("n_hooks", len(found))
    measure("hooks", ", ".join(sorted(names))[:500])
    for path, line, name, _, _ in found[:5]:
        evidence(path, line, f"id: {name}")
    others = [path for path in submission.files(*_OTHERS) if submission.text(path).strip()]
    for path in others[:2]:
        evidence(path)
    assert found or others, [
        evidence(path, None, "it configures no hook") for path in submission.files(*_CONFIG)[:2]
    ]
    runs = submission.running("pre-commit run", "prek run")
    actions = [
        step for flow in submission.workflows() for step in flow.steps if "pre-commit/action" in step.action
    ]
    if not (others or runs or actions) and _is_untouched(submission, found):
        partial(0, "The hooks are those that the course's template brings along, untouched.")


def _is_untouched(submission, hooks):
    """Whether the configuration is the template's: the four hooks of the sample, in the version of the sample."""
    if all(submission.is_template(path) for path in submission.files(*_CONFIG)):
        return True
    return {name for _, _, name, _, _ in hooks} == _SAMPLE and {rev for *_, rev in hooks} <= _SAMPLE_VERSIONS


@check(
    "The hooks look at the code",
    points=1,
    scope="project",
    required=False,
    questions=[6],
    requires=["hooks_check_each_commit"],
    hint="Add ruff's hooks: https://github.com/astral-sh/ruff-pre-commit, `id: ruff` and `id: ruff-format`.",
)
def test_hooks_look_at_the_code(submission):
    own = [hook for hook in _hooks(submission) if hook[2] not in _SAMPLE]
    for path, line, name, _, _ in own[:5]:
        evidence(path, line, f"id: {name}")
    assert own or any(submission.text(path).strip() for path in submission.files(*_OTHERS)), (
        "The hooks are those of the sample: none of them looks at the code."
    )


@check(
    "Each hook has a fixed version",
    points=1,
    scope="project",
    required=False,
    questions=[6],
    requires=["hooks_check_each_commit"],
    hint="`rev: v0.6.9`, not `rev: main`: `pre-commit autoupdate` writes the newest.",
)
def test_hooks_are_pinned(submission):
    loose = [
        evidence(path, line, f"{name}: rev is {rev or 'missing'}")
        for path, line, name, repo, rev in _hooks(submission)
        if repo not in ("local", "meta", "builtin") and not re.search(r"\d|[0-9a-f]{7}", rev)
    ]
    if loose and len(loose) < len(_hooks(submission)) / 2:
        partial(0.5, "Some hooks have no fixed version.", loose)
    assert not loose, loose
