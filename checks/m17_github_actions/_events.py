"""M17: what starts a workflow: the events, the branches that it listens to, and the workflows that call it."""

from fnmatch import fnmatchcase

#: What starts a workflow without somebody pressing a button.
EVENTS = ("push", "pull_request", "pull_request_target", "merge_group")
#: Of a pull request, what brings new code.
_NEW_CODE = {"opened", "synchronize"}


def callers(submission, workflow):
    """The workflow itself, and those that call it."""
    return [
        other
        for other in submission.workflows()
        if other is workflow or any(job.local == workflow.path for job in other.jobs)
    ]


def default_branches(submission):
    """What may be the default branch: of a working tree, only the branch that is checked out is known."""
    known = {branch.name.removeprefix("origin/") for branch in submission.history.branches}
    usual = [name for name in ("main", "master") if name in known]
    if submission.branch in ("main", "master"):
        return [submission.branch]
    return [name for name in [submission.branch, *(usual or ["main", "master"])] if name]


def listens(config, branch):
    """Whether an event with these settings is one of the branch."""
    if not isinstance(config, dict):
        return True
    patterns, ignored = config.get("branches"), config.get("branches-ignore")
    if patterns is None and ignored is None:
        return "tags" not in config and "tags-ignore" not in config
    if patterns is None:
        return not _named(ignored, branch)
    return _named(patterns, branch)


def starts(config, branch, paths):
    """Whether new code on a branch starts a workflow: a change of one of the `paths`."""
    if not listens(config, branch):
        return False
    if not isinstance(config, dict):
        return True
    types, wanted, ignored = (config.get(name) for name in ("types", "paths", "paths-ignore"))
    if types is not None and not _NEW_CODE & set(map(str, types if isinstance(types, list) else [types])):
        return False
    if wanted is not None:
        return any(_named(_loosely(wanted), path) for path in paths)
    return ignored is None or not all(_named(_loosely(ignored), path) for path in paths)


def _loosely(patterns):
    """Patterns of paths as `fnmatch` reads them: `**/` stands for no folder, too."""
    texts = [str(one) for one in (patterns if isinstance(patterns, list) else [patterns])]
    return [form for text in texts for form in (text, text.replace("**/", ""))]


def _named(patterns, name):
    found = False
    for pattern in patterns if isinstance(patterns, list) else [patterns]:
        if fnmatchcase(name, str(pattern).lstrip("!")):
            found = not str(pattern).startswith("!")
    return found
