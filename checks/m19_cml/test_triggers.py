"""M19: workflows that start when data or models change."""

import re

from grader.suite import check, evidence, measure, partial, work

from ..common.messages import show
from ._common import described_by_name, is_dispatched, promotion_scripts

_EVENTS = ("push", "pull_request", "pull_request_target")
_DATA = re.compile(
    r"(?:^|/)(?:data(?:sets?)?|raw|processed)(?:/|$)|\.dvc(?:/|$)|(?:^|/)dvc\.(?:lock|yaml)$|(?:^|/)data\.dvc"
    r"|\.(?:csv|parquet|feather|npz|h5)$",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"(?:^|/)(?:models?|checkpoints?|weights)(?:/|$)|(?:^|/)[\w-]{0,40}(?:model|checkpoint|weights)[\w-]{0,40}\.dvc$"
    r"|registry|\.(?:onnx|ckpt|pth?|safetensors|pkl|joblib)$",
    re.IGNORECASE,
)
_NO_DATA = re.compile(r"^!|\.(?:py|ipynb|md|rst|toml)$", re.IGNORECASE)
_CONFIG = re.compile(r"^!|\.ya?ml$", re.IGNORECASE)
#: Actions that tell a job which paths changed.
_CHANGED = ("dorny/paths-filter", "tj-actions/changed-files", "step-security/changed-files")
_STAGED = re.compile(
    r"model|stag|prod|regist|alias|artifact|wandb|mlflow|promot|checkpoint|weights", re.IGNORECASE
)
_REGISTRY = (
    "wandb artifact",
    "mlflow models",
    "mlflow artifacts",
    "gcloud ai models",
    "gcloud artifacts versions",
)
_LOOKS = (
    *("python", "python3", "dvc", "cml", "pytest", "invoke", "inv", "make", "just", "nox", "tox", "poe"),
    *("docker run", "bash", "sh", "papermill", "jupyter", "great_expectations", "evidently"),
)


def _runs(job):
    off = re.sub(r"[${}\s]", "", job.condition).lower() == "false"
    return not off and bool(job.steps or job.uses)


def _running(submission):
    """The workflows with a job that is not switched off."""
    return [one for one in submission.workflows() if any(map(_runs, one.jobs))]


def _paths(workflow):
    """The path filters of a workflow's events: what a change has to touch to start it."""
    found = []
    for event in _EVENTS:
        config = workflow.triggers.get(event)
        paths = config.get("paths") if isinstance(config, dict) else None
        found += [str(path) for path in (paths if isinstance(paths, list) else [paths] if paths else [])]
    return list(dict.fromkeys(found))


def _is_code(submission, path):
    """Whether a filter's folder holds the group's code: `src/pkg/data/**` is no data, `src/pkg/models/**` no model."""
    folder = re.split(r"[*?\[]", path, maxsplit=1)[0].rpartition("/")[0].removeprefix("./")
    if not folder:
        return False
    inside = [one for one in submission.all_files if one.startswith(f"{folder}/")]
    if any(one.endswith(".dvc") for one in inside) or not any(one.endswith(".py") for one in inside):
        return False
    return "/" in folder or f"{folder}/__init__.py" in inside


def _is_data(submission, path):
    if _NO_DATA.search(path) or not _DATA.search(path) or _is_code(submission, path):
        return False
    if path.endswith(".dvc") and _MODEL.search(path):
        return False
    return not _CONFIG.search(path) or path.endswith("dvc.yaml")


def _is_model(submission, path):
    return bool(
        _MODEL.search(path)
        and not _NO_DATA.search(path)
        and not _CONFIG.search(path)
        and not _is_code(submission, path)
    )


def _on_paths(submission, wanted):
    """Workflows with a filter that hits data (or models), and the path."""
    return [
        (workflow, path)
        for workflow in _running(submission)
        for path in _paths(workflow)
        if wanted(submission, path)
    ]


def _inside_jobs(submission, wanted):
    """The same decided by a job: an action that tells which paths changed, or `git diff` and a pattern."""
    found = []
    for workflow in _running(submission):
        if not any(event in workflow.triggers for event in _EVENTS):
            continue
        for step in (step for job in workflow.jobs if _runs(job) for step in job.steps):
            words = []
            if step.action in _CHANGED:
                text = " ".join(step.with_.values())[:5_000]
                # The names of the filters are no paths.
                words = [word for word in re.findall(r"[\w*./!-]{1,200}", text) if re.search(r"[*./]", word)]
            elif "git diff" in step.run:
                words = [
                    word.strip("'\"^$()").replace("\\", "")
                    for run in submission.ci_runs()
                    if run.step is step and run.command.runs("git diff", "grep")
                    for chunk in run.command.words[1:]
                    for word in chunk.split("|")
                ]
            hits = [word for word in words if wanted(submission, word)]
            found += [(workflow, hits[0], step.line)] if hits else []
    return found


def _types(workflow):
    config = workflow.triggers.get("repository_dispatch")
    types = config.get("types") if isinstance(config, dict) else None
    return [str(one) for one in (types if isinstance(types, list) else [types] if types else [])]


def _dispatched(submission):
    return [one for one in _running(submission) if "repository_dispatch" in one.triggers]


def _is_staged(workflow):
    """Whether a dispatched workflow is about models: by the event's types, or by what its jobs take from the payload."""
    if any(map(_STAGED.search, _types(workflow))):
        return True
    asked = [line for line in workflow.text[:100_000].split("\n") if "client_payload" in line[:500]]
    return any(_STAGED.search(line[:500]) for line in asked if not line.lstrip().startswith("#"))


def _show(workflow, text, line=None):
    evidence(workflow.path, line or workflow.data.lines.get("on"), text)


def _broken(submission):
    return [item for fault in submission.broken_workflows for item in fault.evidence][:3]


@work(
    "a workflow: `.github/workflows/*.yaml`; in an exercise one of data or of a staged model, or a script that describes data or "
    "links a model",
    above=(".github",),
)
def find_work(submission):
    if submission.profile == "project":
        return bool(submission.workflows() or submission.broken_workflows)
    started = [one for one in submission.workflows() if is_dispatched(one) or _paths(one)]
    return bool(started or promotion_scripts(submission) or described_by_name(submission))


@check(
    "A workflow starts when the data changes",
    points=1,
    scope="project",
    required=False,
    questions=[10, 11],
    boxes=["w2-08"],
    hint="`on: push: paths: ['data/**', '**/*.dvc', '.dvc/**']`: a new version of the data starts a check of it.",
)
def test_a_workflow_starts_on_data(submission):
    found = [(workflow, f"paths: {path}", None) for workflow, path in _on_paths(submission, _is_data)]
    found += [(one, f"types: {name}", None) for one in _dispatched(submission) for name in _on_data(one)]
    found += _inside_jobs(submission, _is_data)
    measure("n_data_triggers", len({workflow.path for workflow, _, _ in found}))
    for workflow, text, line in found[:3]:
        _show(workflow, text, line)
    assert found, [
        "No workflow has a path filter on data: `on` with `paths` such as `data/**` or `*.dvc`.",
        *_broken(submission),
    ]


def _on_data(workflow):
    return [name for name in _types(workflow) if re.search(r"data|dvc", name, re.IGNORECASE)]


@check(
    "A workflow starts when a model is registered",
    points=1,
    scope="project",
    required=False,
    questions=[11],
    boxes=["w2-09"],
    hint="An automation of the W&B registry sends a `repository_dispatch`; a workflow with `on: repository_dispatch: types: "
    "[staged_model]` tests and deploys that model.",
)
def test_a_workflow_starts_on_a_model(submission):
    dispatched = _dispatched(submission)
    found = [(one, "on: repository_dispatch", None) for one in dispatched if _is_staged(one)]
    found += [(workflow, f"paths: {path}", None) for workflow, path in _on_paths(submission, _is_model)]
    found += _inside_jobs(submission, _is_model)
    measure("n_model_triggers", len({workflow.path for workflow, _, _ in found}))
    for workflow, text, line in found[:3]:
        _show(workflow, text, line)
    if found:
        return
    _polls(submission)
    weak = [one.evidence(one.data.lines.get("on")) for one in dispatched if not _on_data(one)]
    if weak:
        partial(
            0, "A workflow starts on `repository_dispatch`, and nothing in it tells that of a model.", weak
        )
    _any_metafile(submission)
    raise AssertionError(
        [
            "No workflow starts on `repository_dispatch`, or on a change of a model's metafile.",
            *_broken(submission),
        ]
    )


def _polls(submission):
    """A workflow that looks at a registry at fixed times."""
    polled = {one.path for one in submission.running(*_REGISTRY) if one.source == "workflow"}
    polling = [one for one in _running(submission) if "schedule" in one.triggers and one.path in polled]
    if polling:
        partial(
            0.5, "A workflow looks at a registry at fixed times.", [one.evidence(1) for one in polling[:2]]
        )


def _any_metafile(submission):
    """A filter on every metafile of DVC, among which there are models."""
    tracked = [file for file in submission.dvc.metafiles if _is_model(submission, file.path)]
    tracked += [
        file
        for file in submission.dvc.metafiles
        if file not in tracked and any(_is_model(submission, out.path) for out in file.outs)
    ]
    general = [
        (workflow, path)
        for workflow, path in _on_paths(submission, _is_data)
        if re.search(r"\*\.dvc$", path) and "data" not in path
    ]
    if tracked and general:
        said = "A workflow starts on a change of any of DVC's files; models are among them."
        partial(0, said, [general[0][0].evidence(general[0][0].data.lines.get("on")), tracked[0].evidence])


def _python(submission):
    """`python -m package.module` in workflows: what runs is the module."""
    return [
        one
        for one in submission.commands
        if one.source == "workflow"
        and "-m" in one.words[:5]
        and one.plain[:1]
        and "." in one.plain[0]
        and not one.plain[0].endswith((".sh", ".py"))
    ]


@check(
    "The data's workflow looks at the data",
    points=1,
    scope="project",
    required=False,
    questions=[10, 11],
    requires=["a_workflow_starts_on_data"],
    hint="Fetch the data (`dvc pull`), compute its statistics with a script, and post them: `cml comment create report.md`.",
)
def test_the_workflow_looks_at_the_data(submission):
    wanted = {workflow.path for workflow, _ in _on_paths(submission, _is_data)}
    wanted |= {workflow.path for workflow, _, _ in _inside_jobs(submission, _is_data)}
    wanted |= {workflow.path for workflow in _dispatched(submission) if _on_data(workflow)}
    wanted |= {
        job.local for one in _running(submission) if one.path in wanted for job in one.jobs if job.local
    }
    found = [
        run.command
        for run in submission.ci_runs()
        if run.workflow
        and run.workflow.path in wanted
        and run.command.runs(*_LOOKS)
        and run.command.words[1:2] != ("-c",)
    ]
    found += [one for one in _python(submission) if one.path in wanted]
    show(found[:3])
    assert found, [
        evidence(path, None, "no step fetches, checks or describes data") for path in sorted(wanted)
    ]
