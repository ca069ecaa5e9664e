"""M18: the students' configuration of hooks, and the same with hooks that run where grading runs."""

import re

from grader.suite import SubmissionFault, evidence

from ._remote_hooks import STOOD_IN, known

CONFIGS = ("**/.pre-commit-config.yaml", "**/.pre-commit-config.yml")
CONFIG = ".pre-commit-config.yaml"
_ASIDE = ("local", "meta", "builtin")
#: What installs a program first; here it is there, or it is not.
_WRAPPER = re.compile(r"^(?:(?:uv|poetry|pdm|hatch|rye|pipenv) run|uvx|pipx run)\s+")
_RUNS_HERE = ("system", "unsupported", "script", "unsupported_script", "pygrep", "fail")
_DROPPED = ("additional_dependencies", "language_version", "minimum_pre_commit_version", "log_file")
_NOTHING = {"entry": "git version", "language": "system", "pass_filenames": False, "always_run": False}
_COMMIT = re.compile(r"[0-9a-f]{40}")
_TAG = re.compile(r"v?\d+(?:\.\d+)+(?:[.-]?\w+)*")


def config_of(submission):
    """The configuration as data; the check fails where there is none that has this form."""
    assert submission.exists(CONFIG), f"There is no {CONFIG}: pre-commit reads no other file."
    data = submission.yaml(CONFIG)
    if not isinstance(data, dict) or not isinstance(data.get("repos"), list):
        raise SubmissionFault(f"{CONFIG} has no list of `repos`.")
    for repo in data["repos"]:
        if not isinstance(repo, dict) or not isinstance(repo.get("hooks"), list):
            raise SubmissionFault(f"{CONFIG}: one of `repos` has no list of `hooks`.")
    return data


def hooks_of(config):
    """`(address of the repository, the repository, hook)` of each hook."""
    return [
        (str(repo.get("repo", "")), repo, hook)
        for repo in config["repos"]
        for hook in repo["hooks"]
        if isinstance(hook, dict) and hook.get("id")
    ]


def unknown_hooks(config):
    """Hooks that a well-known repository does not have, as evidence."""
    return [
        evidence(CONFIG, getattr(hook, "line", None), f"{found[0]} has no hook `{hook['id']}`")
        for address, _, hook in hooks_of(config)
        if (found := known(address)) and hook["id"] not in found[1]
    ]


def loose_versions(config):
    """Repositories whose version is none that stays what it is, as evidence."""
    wrong = []
    for repo in config["repos"]:
        address, rev = str(repo.get("repo", "")), str(repo.get("rev", ""))
        if address in _ASIDE:
            continue
        found = known(address)
        form = found[2] if found else _TAG
        if not (form.fullmatch(rev) or _COMMIT.fullmatch(rev)):
            wrong.append(
                evidence(CONFIG, getattr(repo, "line", None), f"{address}: rev is {rev or 'missing'}")
            )
    return wrong


def runnable(config):
    """The configuration with every hook as a local one: known ones by their manifests, others do nothing."""
    hooks = [_local(address, hook) for address, _, hook in hooks_of(config)]
    kept = {
        key: value for key, value in config.items() if key not in ("repos", "default_language_version", "ci")
    }
    return {**kept, "repos": [{"repo": "local", "hooks": hooks}]} if hooks else {**kept, "repos": []}


def _local(address, hook):
    given = {key: value for key, value in hook.items() if key not in _DROPPED}
    given.setdefault("name", str(hook["id"]))
    if address == "local":
        language = str(hook.get("language", ""))
        if language in _RUNS_HERE:
            return {**given, "entry": _WRAPPER.sub("", str(hook.get("entry", "")))}
        if language == "python":
            # Its environment would take a network: what it starts is there, or it is not.
            return {**given, "entry": _WRAPPER.sub("", str(hook.get("entry", ""))), "language": "system"}
        return {**given, **_NOTHING}
    found = known(address)
    if not found or hook["id"] not in found[1]:
        return {**{key: value for key, value in given.items() if key != "args"}, **_NOTHING}
    if found[0] in STOOD_IN:
        given.pop("args", None)
    given.pop("language", None)
    return {"language": "system", **found[1][hook["id"]], **given}
