"""M19: the workflow of the data, run step by step on data that nobody has seen: what it would post on the pull request."""

import posixpath
import re

from grader.suite import Evidence, check, evidence, shared

from ..common.label_tables import label_tables
from ..common.pictures import is_broken, size
from ._common import data_event, data_paths
from ._event_run import run_workflow, secrets_of
from ._hidden_digits import Counted, as_files

_PICTURE = re.compile(
    r"""!\[[^\]\n]{0,200}\]\(\s{0,5}<?([^)\s>"']{1,200})|<img[^>]{0,200}?src=["']?([^"'\s>]{1,200})"""
)
#: What no change of the data is; the scripts of the group come on top.
_NO_DATA = ("README.md", "docs/index.md", "src/main.py")


def _workflows(submission):
    """The workflows that a change of the data starts, those that it alone starts first."""
    path = data_paths(submission)[0]
    found = [one for one in submission.workflows() if data_event(one, path)]
    return sorted(found, key=lambda one: (bool(data_event(one, "README.md")), one.path))


@shared
def posted(student, submission, rng):
    """What the workflow posts: the missing parts of the report, its pictures, the token, and what the jobs lack."""
    found = _workflows(submission)
    assert found, [
        "No workflow starts when a pull request or a push changes the data.",
        *(one.evidence(one.data.lines.get("on")) for one in submission.workflows()[:3]),
    ]
    workflow = found[0]
    data = Counted(rng)
    tables = as_files(submission, {part: data.rows(rng, part) for part in ("train", "test")})
    for path, text in tables.items():
        student.write(path, text)
    # Whatever is a picture afterwards was drawn by this run.
    for path in submission.files("**/*.png", "**/*.jpg", "**/*.jpeg", "**/*.webp")[:20]:
        student.write(path, b"")
    token = f"ghs_{rng.getrandbits(64):016x}"
    secrets = secrets_of(workflow, {}, token)
    event = data_event(workflow, data_paths(submission)[0])
    github = {
        "event_name": event,
        "event": {"number": 1, "pull_request": {"number": 1}},
        "token": token,
        "base_ref": "main",
    }
    ran = run_workflow(student, workflow, github, secrets)
    text = "\n".join(one["text"] for one in ran.comments)
    named = [
        (one["folder"], path)
        for one in ran.comments
        for pair in _PICTURE.findall(one["text"])
        for path in pair
        if path
    ]
    return {
        "path": workflow.path,
        "comments": len(ran.comments),
        "missing": data.missing(text),
        "pictures": [path for _, path in named[:10]],
        "broken": [path for folder, path in named[:10] if not _is_whole(student, folder, path)],
        "token": any(one["token"] in secrets.values() for one in ran.comments),
        # The permissions of a token that somebody made are not in the workflow.
        "own_token": any(one["token"] not in ("", token) for one in ran.comments),
        "lacking": ran.lacking,
        "failure": ran.said,
    }


def _is_whole(student, folder, path):
    name = posixpath.normpath(posixpath.join(folder, path))
    if name.startswith("/") or ".." in name.split("/") or not student.exists(name):
        return False
    data = student.read_bytes(name)
    return bool(size(data)) and not is_broken(data)


@check(
    "A change of the data starts a workflow, and no other change does",
    points=1,
    scope="exercises",
    hint="A list of paths belongs to the event. Which files change when the data does, and which when somebody mends a script?",
)
def test_only_data_starts_it(submission):
    found = _workflows(submission)
    assert found, "No workflow starts when a pull request or a push changes the data."
    tables = label_tables(submission)
    folders = {path.rpartition("/")[0] for path in data_paths(submission)}
    code = [file.path for file in submission.code() if file.path.rpartition("/")[0] not in folders][:20]
    wrong = []
    for workflow in found:
        line = workflow.data.lines.get("on")
        kept = [path for path in data_paths(submission) if not data_event(workflow, path)]
        others = [path for path in (*_NO_DATA, *code) if data_event(workflow, path) and path not in tables]
        if not kept and not others:
            workflow.evidence(line)
            return
        wrong.append(
            workflow.evidence(line, f"{kept[0]} does not start it" if kept else f"{others[0]} starts it, too")
        )
    raise AssertionError(wrong)


@check(
    "The workflow posts the statistics of the changed data",
    points=2,
    scope="exercises",
    environment="required",
    hint="Follow the steps as an empty machine would: which file does the script leave, and which file is posted? A command that "
    "nothing has brought is not found.",
)
def test_report_is_posted(submission, student, rng):
    found = posted(student, submission, rng)
    evidence(found["path"])
    assert found["comments"], f"No step posts a comment of CML; {found['failure']}."
    assert not found["missing"], f"The comment on other data does not tell: {'; '.join(found['missing'])}."


@check(
    "The comment shows figures that this run has drawn",
    points=1,
    scope="exercises",
    environment="required",
    hint="A report in Markdown shows a picture by its path, seen from the report; CML uploads it.",
)
def test_figures_are_posted(submission, student, rng):
    found = posted(student, submission, rng)
    evidence(found["path"])
    assert found["pictures"], "The comment shows no picture."
    assert not found["broken"], f"The comment shows {found['broken'][0]}, which this run has not drawn."


@check(
    "The job has the token and the permission to comment",
    points=1,
    scope="exercises",
    environment="required",
    hint="CML reads one variable of its own; the token of each run may read and not write, unless the job asks for more.",
)
def test_job_may_comment(submission, student, rng):
    found = posted(student, submission, rng)
    assert found["token"], [Evidence(found["path"], None, "what posts the comment has no token")]
    workflow = next(one for one in submission.workflows() if one.path == found["path"])
    jobs = [one for one in workflow.data["jobs"].values() if isinstance(one, dict)]
    asked = [one.get("permissions", workflow.data.get("permissions")) for one in jobs]
    assert found["own_token"] or any(map(_may_comment, asked)), [
        workflow.evidence(workflow.data.lines.get("jobs"), "no job asks for `pull-requests: write`")
    ]


def _may_comment(asked):
    if isinstance(asked, dict):
        return asked.get("pull-requests") == "write"
    return asked == "write-all"
