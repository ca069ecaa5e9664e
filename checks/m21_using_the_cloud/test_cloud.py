"""M21: what a repository shows of its data and its training in the cloud."""

import ast
import re

from grader.suite import Evidence, SubmissionFault, check, measure, not_applicable, partial, work

from ..common.messages import show

_STORAGE = ("google.cloud.storage", "gcsfs", "cloudpathlib", "smart_open")
_STORAGE_COMMANDS = ("gsutil", "gcloud storage", "gcloud alpha storage", "gcsfuse")
#: Commands that start a training, or the machine for it; not those that list or describe.
_TRAIN_COMMANDS = (
    *("gcloud ai custom-jobs create", "gcloud ai custom-jobs local-run", "gcloud ai hp-tuning-jobs create"),
    *(
        "gcloud beta ai custom-jobs create",
        "gcloud beta ai hp-tuning-jobs create",
        "gcloud ai-platform jobs submit",
    ),
    *(
        "gcloud compute instances create",
        "gcloud compute instances create-with-container",
        "gcloud compute ssh",
    ),
    *("gcloud compute instances start", "gcloud beta compute ssh", "gcloud beta compute instances create"),
    *("gcloud compute scp", "gcloud batch jobs submit", "gcloud run jobs create", "gcloud run jobs deploy"),
    *("gcloud notebooks instances create", "gcloud workbench instances create"),
    *(
        "gcloud compute tpus tpu-vm create",
        "gcloud compute tpus tpu-vm ssh",
        "gcloud alpha compute tpus tpu-vm",
    ),
)
_VERTEX = "google.cloud.aiplatform"
_VERTEX_TRAINING = (
    *("CustomJob", "CustomTrainingJob", "CustomContainerTrainingJob", "CustomPythonPackageTrainingJob"),
    *("CustomJob.from_local_script", "HyperparameterTuningJob", "PipelineJob", "JobServiceClient"),
    *("AutoMLImageTrainingJob", "AutoMLTabularTrainingJob", "AutoMLTextTrainingJob"),
)
_OTHER_JOBS = ("google.cloud.batch_v1", "google.cloud.compute_v1", "kfp", "google_cloud_pipeline_components")
_JOB_KEYS = ("workerPoolSpecs", "worker_pool_specs", "jobSpec", "trialJobSpec", "trainingInput")
_MACHINE = re.compile(
    r'^\s{0,20}resource\s{1,5}"google_(?:compute_instance|vertex_ai_\w{1,40}|workbench_instance|notebooks_instance|tpu_\w{1,20})"',
    re.MULTILINE,
)
_GS = re.compile(r"\bgs://[a-z0-9][\w.-]{1,100}|^/gcs/[\w.-]{1,100}|storage\.googleapis\.com/[\w.-]{1,100}")
_MOUNT = re.compile(r"^/gcs/[\w.-]{1,100}")
_PLACEHOLDER = re.compile(r"[<{]|\byour\b|xxx|bucket[-_]name|//my[-_]?bucket\b", re.IGNORECASE)
_NO_IMAGE = re.compile(r"<[^>]{1,80}>|\byour[-_]|(?<![$\w{-])PROJECT[-_]?ID/|xxx", re.IGNORECASE)


def _documents(submission):
    """Every YAML and JSON file that can be read and could be a job or a build: path and data."""
    for path in submission.files("**/*.yaml", "**/*.yml", "**/*.json"):
        if path.startswith(".github/") or len(submission.bytes(path)) > 100_000:
            continue
        try:
            found = submission.yaml_documents(path) if not path.endswith(".json") else [submission.json(path)]
        except SubmissionFault:
            continue
        for data in found:
            if isinstance(data, dict):
                yield path, data


def _jobs(submission):
    """Configurations of training jobs on Vertex AI: the place of each, and whether it names an image of the group's."""
    found = []
    for path, data in _documents(submission):
        key = next((key for key in _JOB_KEYS if key in data), None)
        if key:
            line = getattr(data, "lines", {}).get(key)
            found.append((Evidence(path, line, key), not _NO_IMAGE.search(_image(data))))
    return found


def _image(data, depth=0):
    """The first `imageUri` below."""
    if isinstance(data, dict) and depth < 8:
        for key, value in data.items():
            if key in ("imageUri", "image_uri", "masterConfig") and isinstance(value, str):
                return value[:500]
            found = _image(value, depth + 1)
            if found:
                return found
    if isinstance(data, list) and depth < 8:
        return next((found for item in data[:20] if (found := _image(item, depth + 1))), "")
    return ""


def _texts(submission, pattern):
    """Where code or configuration names what the pattern does; one place of each file."""
    for file in submission.code():
        texts = (node for node in ast.walk(file.tree) if isinstance(node, ast.Constant))
        node = next((one for one in texts if isinstance(one.value, str) and _hit(pattern, one.value)), None)
        if node:
            yield file.evidence(node)
    for config in submission.configs():
        for key, value in config.values.items():
            if isinstance(value, str) and _hit(pattern, value):
                yield config.evidence(key)
                break


def _hit(pattern, text):
    match = pattern.search(text[:500])
    return bool(match) and not _PLACEHOLDER.search(text[match.start() : match.end() + 1])


@work(
    "a trace of the cloud: a bucket, a build file, a job, `gcloud` in scripts or workflows",
    above=(".github", "cloudbuild.yaml", ".dvc"),
)
def find_work(submission):
    steps = [step for one in submission.workflows() for step in one.steps]
    return bool(
        submission.dvc.remotes
        or submission.dvc.metafiles
        or submission.running("gcloud", "gsutil", "docker", "docker-compose", "dvc remote")
        or submission.files("**/*cloudbuild*", "**/*.tf")
        or submission.imports("google.cloud", "gcsfs", "kfp")
        or any(re.search(r"docker|google-github-actions|^\./", step.uses) for step in steps)
        or any(job.uses for one in submission.workflows() for job in one.jobs)
        or _jobs(submission)
        or any(True for _ in _texts(submission, _GS))
        or _environment(submission)
    )


def _is_bucket(url):
    return (
        url.startswith(("gs://", "gcs://"))
        or "storage.googleapis.com" in url
        or "storage.cloud.google" in url
    )


def _linked(submission):
    """Where DVC is told of a bucket: its remotes, commands that add one, data that was imported from one."""
    found = [
        one.evidence
        for one in submission.dvc.remotes
        if _is_bucket(one.url) and not _PLACEHOLDER.search(one.url)
    ]
    found += [
        one.evidence
        for one in submission.running("dvc remote add", "dvc remote modify")
        if any(_is_bucket(word) and not _PLACEHOLDER.search(word.replace("${", "")) for word in one.words)
    ]
    return found + [one.evidence for one in submission.dvc.metafiles if _is_bucket(one.imported)]


def _pictures(submission):
    """The group's own pictures that are called after a bucket."""
    found = submission.files("**/*bucket*.png", "**/*bucket*.jp*g")
    return [Evidence(path) for path in found if not submission.is_sample_figure(path)]


@check(
    "The data lies in a bucket",
    points=1,
    required=False,
    questions=[10, 17, 19],
    boxes=["w2-10"],
    above=(".dvc",),
    hint="`dvc remote add -d storage gs://<bucket>` and `dvc push`: data in Google Cloud Storage, versions in git.",
)
def test_data_lies_in_a_bucket(submission):
    remotes, linked = submission.dvc.remotes, _linked(submission)
    measure("dvc_remotes", ", ".join(sorted({one.scheme or "folder" for one in remotes})))
    show(linked[:4])
    if linked:
        return
    used = [
        *submission.imports(*_STORAGE),
        *(one.evidence for one in submission.running(*_STORAGE_COMMANDS)),
        *_texts(submission, _GS),
    ]
    elsewhere = [one.evidence for one in remotes]
    if used and remotes:
        partial(0, "Code uses a bucket, but DVC's remote is elsewhere.", [*elsewhere[:2], *used[:2]])
    pictures = _pictures(submission) if remotes else []
    if pictures:
        partial(
            0, "DVC's remote is elsewhere; a picture seems to show a bucket.", [*elsewhere[:2], *pictures[:2]]
        )
    if used:
        tracked = submission.dvc.metafiles or submission.dvc.stages
        said = "Code reads or writes a bucket; nothing in the repository links it with versions of the data."
        partial(0.5 if tracked else 0, said, used[:4])
    assert not remotes, ["DVC's remotes are elsewhere, and nothing else names a bucket.", *elsewhere[:3]]
    not_applicable("Nothing in the repository names a bucket: what lies in one, nobody can tell from here.")


def _trained_by_code(submission):
    """Code that starts jobs, and code that knows Vertex AI for something else."""
    known = submission.imports(_VERTEX, "google.cloud.aiplatform_v1", "vertexai", notebooks=True)
    wanted = {name.rpartition(".")[2] for name in _VERTEX_TRAINING}
    files = {place.path for place in known}
    coded = [
        file.evidence(call)
        for file in submission.code(notebooks=True)
        if file.path in files
        for call in file.calls()
        if set(call.name.split(".")) & wanted
    ]
    return [*coded, *submission.imports(*_OTHER_JOBS)], known


@check(
    "The model is trained in the cloud",
    points=1,
    required=False,
    questions=[17, 18, 22],
    boxes=["w2-12"],
    above=(".github", "cloudbuild.yaml"),
    hint="`gcloud ai custom-jobs create --config=config_cpu.yaml …`: keep the job's configuration and the command in the "
    "repository.",
)
def test_model_is_trained_in_the_cloud(submission):
    run = [one.evidence for one in submission.running(*_TRAIN_COMMANDS)]
    coded, known = _trained_by_code(submission)
    jobs = _jobs(submission)
    measure("n_cloud_jobs", len(jobs))
    strong = [*run, *coded, *(place for place, named in jobs if named)]
    show(strong[:4])
    if strong:
        return
    machines = _machines(submission)
    if machines:
        partial(0.5, "A machine in the cloud is described; nothing says what ran on it.", machines[:3])
    mounted = [*_texts(submission, _MOUNT), *_environment(submission)]
    if mounted:
        partial(
            0.5,
            "Code reads what Vertex AI puts in place; no command or configuration starts a job.",
            mounted[:3],
        )
    weak = [place for place, _ in jobs]
    if weak:
        partial(0, "A job's configuration names no image: it could not have run as it is.", weak[:3])
    if known:
        partial(0, "Code uses Vertex AI, but starts no training.", known[:3])
    not_applicable(
        "No job, script or code trains in the cloud: a machine that was started by hand leaves no trace here."
    )


def _machines(submission):
    """Machines and services for training that Terraform makes."""
    found = []
    for path in submission.files("**/*.tf"):
        text = submission.text(path)[:200_000]
        match = _MACHINE.search(text)
        if match:
            found.append(Evidence(path, text[: match.start()].count("\n") + 1, match.group().strip()))
    return found


def _environment(submission):
    """Variables that Vertex AI sets for a training."""
    names = ("AIP_MODEL_DIR", "AIP_CHECKPOINT_DIR", "AIP_TENSORBOARD_LOG_DIR", "CLOUD_ML_JOB_ID")
    return list(_texts(submission, re.compile(rf"^(?:{'|'.join(names)})$")))


@check(
    "A job's configuration names machine and image",
    points=1,
    required=False,
    questions=[18, 22],
    hint="Under `workerPoolSpecs`: `machineSpec: machineType:`, `replicaCount:` and `containerSpec: imageUri:`.",
)
def test_jobs_are_complete(submission):
    wrong, seen = [], False
    for path, data in _documents(submission):
        pools = data.get("workerPoolSpecs") or data.get("worker_pool_specs")
        for pool in pools if isinstance(pools, list) else [pools] if pools else []:
            seen = True
            wrong += [Evidence(path, getattr(pool, "line", None), said) for said in _missing(pool)]
    assert not wrong, wrong
    if not seen:
        not_applicable("There is no configuration of a job.")


def _missing(pool):
    """What a pool of workers lacks."""
    if not isinstance(pool, dict):
        return ["workerPoolSpecs holds no mapping"]
    machine = pool.get("machineSpec") or pool.get("machine_spec")
    container = pool.get("containerSpec") or pool.get("container_spec")
    named = isinstance(machine, dict) and (machine.get("machineType") or machine.get("machine_type"))
    image = isinstance(container, dict) and (container.get("imageUri") or container.get("image_uri"))
    packaged = pool.get("pythonPackageSpec") or pool.get("python_package_spec")
    lacks = (("no machineType", not named), ("no imageUri", not (image or packaged)))
    return [said for said, missing in lacks if missing]
