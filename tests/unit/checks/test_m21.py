"""M21: data, images and training in the cloud."""

from collections.abc import Mapping
from typing import Any

import pytest

from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m21_using_the_cloud"
FLOW = ".github/workflows/a.yaml"
META = {"data.dvc": "outs:\n- path: data\n  md5: a\n"}
CLIENT = {"fetch.py": "from google.cloud import storage\nstorage.Client().bucket('a')\n"}


def judge(files: Mapping[str, str | bytes], check: str) -> Any:
    result = run_check(SUITE, check, files)
    return result.verdict if result.verdict != "partial" else f"partial {result.points}"


def remotes(*urls: str) -> Any:
    text = "".join(f"['remote \"r{n}\"']\n    url = {url}\n" for n, url in enumerate(urls))
    return {".dvc/config": "[core]\n    remote = r0\n" + text}


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        (remotes("gs://heights"), "passed"),
        (remotes("gdrive://1a2b", "gs://heights"), "passed"),
        ({f"ml/{path}": text for path, text in remotes("gs://heights").items()}, "passed"),
        (remotes("s3://heights") | {"setup.sh": "dvc remote modify r0 endpointurl https://storage.googleapis.com\n"}, "passed"),
        ({"train.dockerfile": "FROM a:1\nRUN dvc remote add -d r gs://heights\n"}, "passed"),
        ({"data.dvc": "deps:\n- path: gs://heights/raw\nouts:\n- path: data\n  md5: a\n"}, "passed"),
        (META | CLIENT, "partial 0.5"),
        (CLIENT, "partial 0.0"),
        (remotes("gdrive://1a2b") | CLIENT, "partial 0.0"),
        ({"conf/a.yaml": "data: gs://heights/raw\nlr: 0.1\n"}, "partial 0.0"),
        ({"fetch.sh": "gsutil cp -r gs://heights/data .\n"}, "partial 0.0"),
        (remotes("gdrive://1a2b") | {"reports/figures/our_bucket.png": "picture"}, "partial 0.0"),
        (remotes("gdrive://1a2b"), "failed"),
        (remotes("s3://heights"), "failed"),
        (remotes("/tmp/storage"), "failed"),
        (remotes("gs://<your-bucket>"), "failed"),
        (META | {FLOW: f"on: push\njobs:\n  j:\n    uses: ./{FLOW}\n"}, "not_applicable"),
    ],
)  # fmt: skip
def test_where_the_data_lies(files: Mapping[str, str | bytes], verdict: str) -> None:
    assert judge(files, "data_lies_in_a_bucket") == verdict


def flow(*steps: str, on: str = "push") -> Any:
    listed = "".join(f"      - {step}\n" for step in steps)
    return {FLOW: f"on: {on}\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n{listed}"}


def build(name: str, *args: str) -> str:
    return f"steps:\n- name: {name}\n  args: [{', '.join(args)}]\n"


ACTION = "uses: docker/build-push-action@v6"
CALLED = {".github/workflows/b.yaml": flow(ACTION, on="workflow_call")[FLOW]}
COMPOSITE = "runs:\n  using: composite\n  steps:\n    - uses: docker/build-push-action@v6\n"


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"cloudbuild.yaml": build("gcr.io/cloud-builders/docker", "build", ".", "-t", "a")}, "passed"),
        ({".gcp/build_api.yml": build("gcr.io/cloud-builders/docker", "build", ".", "-t", "'${_IMAGE}'")}, "passed"),
        ({"cloudbuild.yaml": build("gcr.io/kaniko-project/executor:latest", "--destination=a")}, "passed"),
        ({"cloudbuild.yaml": build("docker/compose:1.29.2", "build")}, "passed"),
        (flow("run: docker build . -t a"), "passed"),
        (flow(ACTION, on="[push, workflow_dispatch]"), "passed"),
        (flow("run: docker compose build"), "passed"),
        (flow("run: docker compose up -d --build"), "passed"),
        (flow("run: gcloud builds submit --config a.yaml"), "passed"),
        (flow("run: gcloud run deploy a --source ."), "passed"),
        (flow("run: make image") | {"Makefile": "image:\n\tdocker build . -t a\n"}, "passed"),
        (flow("run: bash scripts/image.sh") | {"scripts/image.sh": "docker build .\n"}, "passed"),
        (flow("run: ./image.sh") | {"image.sh": "docker build .\n"}, "passed"),
        (flow("uses: ./.github/actions/image") | {".github/actions/image/action.yml": COMPOSITE}, "passed"),
        (CALLED | {FLOW: "on: push\njobs:\n  j:\n    uses: ./.github/workflows/b.yaml\n"}, "passed"),
        ({FLOW: "on: push\njobs:\n  j:\n    uses: org/flows/.github/workflows/docker-build.yml@v1\n"}, "passed"),
        ({"main.tf": 'resource "google_cloudbuild_trigger" "a" {\n}\n'}, "passed"),
        (flow(ACTION, on="workflow_dispatch"), "partial 0.0"),
        (CALLED, "partial 0.0"),
        (CALLED | {FLOW: "on: workflow_dispatch\njobs:\n  j:\n    uses: ./.github/workflows/b.yaml\n"}, "partial 0.0"),
        (flow("run: docker login", "run: make test") | {"Makefile": "image:\n\tdocker build .\ntest:\n\tpytest\n"}, "not_applicable"),
        (flow("{if: false, run: docker build .}"), "not_applicable"),
        (flow("uses: docker/login-action@v3", "run: echo docker build ."), "not_applicable"),
        (flow("run: docker run a pytest"), "not_applicable"),
        ({"cloudbuild.yaml": build("gcr.io/cloud-builders/gcloud", "run", "deploy", "a", "--image", "a")}, "not_applicable"),
        ({"tasks.py": "from invoke import task\n@task\ndef image(ctx):\n    ctx.run('docker build .')\n"}, "not_applicable"),
    ],
)  # fmt: skip
def test_who_builds_images(files: Mapping[str, str | bytes], verdict: str) -> None:
    assert judge(files, "images_are_built_automatically") == verdict


def job(image: str = "europe-west1-docker.pkg.dev/heights-1/a/train:1", key: str = "workerPoolSpecs") -> str:
    return f"{key}:\n- machineSpec: {{machineType: n1-standard-4}}\n  containerSpec: {{imageUri: {image}}}\n"


def vertex(text: str) -> Any:
    return {"job.py": f"from google.cloud import aiplatform\n{text}\n"}


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"config_cpu.yaml": job()}, "passed"),
        ({"conf/job.yaml": job("'gcr.io/$PROJECT_ID/train'")}, "passed"),
        ({"hp.yaml": f"studySpec: {{}}\ntrialJobSpec:\n  {job().replace(chr(10), chr(10) + '  ')}\n"}, "passed"),
        ({"run.sh": "gcloud ai custom-jobs create --config=a.yaml\n"}, "passed"),
        ({"run.sh": "gcloud compute --project=a instances create vm\n"}, "passed"),
        ({"Makefile": "train:\n\tgcloud compute ssh vm --command 'python train.py'\n"}, "passed"),
        (flow("run: gcloud ai custom-jobs create --config a.yaml", on="workflow_dispatch"), "passed"),
        (vertex("aiplatform.CustomContainerTrainingJob(display_name='a').run()"), "passed"),
        (vertex("aiplatform.CustomJob.from_local_script(display_name='a')"), "passed"),
        ({"train.py": "import os\nprint(os.environ['AIP_MODEL_DIR'])\n"}, "partial 0.5"),
        ({"main.tf": 'resource "google_compute_instance" "train" {\n}\n'}, "partial 0.5"),
        ({"train.py": "DATA = '/gcs/heights/raw'\n"}, "partial 0.5"),
        ({"config_cpu.yaml": job("gcr.io/<project-id>/<docker-img>")}, "partial 0.0"),
        ({"config_cpu.yaml": job("gcr.io/PROJECT_ID/train")}, "partial 0.0"),
        (vertex("aiplatform.Endpoint('1').predict([1])"), "partial 0.0"),
        ({"run.sh": "gcloud ai custom-jobs list\n"}, "not_applicable"),
        ({"run.sh": "# gcloud ai custom-jobs create\ngcloud auth login\n"}, "not_applicable"),
        ({"jobs/train.sh": "#BSUB -q gpuv100\ndocker info\npython train.py\n"}, "not_applicable"),
        (CLIENT, "not_applicable"),
    ],
)  # fmt: skip
def test_where_the_model_is_trained(files: Mapping[str, str | bytes], verdict: str) -> None:
    assert judge(files, "model_is_trained_in_the_cloud") == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (job(), "passed"),
        ("workerPoolSpecs:\n  machineSpec: {machineType: a}\n  containerSpec: {imageUri: b}\n", "passed"),
        ("workerPoolSpecs:\n  containerSpec: {imageUri: b}\n", "failed"),
        ("workerPoolSpecs:\n  machineSpec: {machineType: a}\n", "failed"),
        ("workerPoolSpecs: [a]\n", "failed"),
    ],
)
def test_what_a_job_names(text: str, verdict: str) -> None:
    assert judge({"config_cpu.yaml": text}, "jobs_are_complete") == verdict
