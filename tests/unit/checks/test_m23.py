"""M23: what shows that an application is deployed."""

from collections.abc import Mapping
from typing import Any

import pytest

from grader.testing import run_check
from tests.cpu import ends_within
from tests.places import CHECKS

SUITE = CHECKS / "m23_cloud_deployment"
FLOW = ".github/workflows/a.yaml"
SERVICE = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: api}\n"
FUNCTION = "import functions_framework\n\n@functions_framework.http\ndef tall(request):\n    return 'yes'\n"


def judge(files: Mapping[str, str | bytes], check: str = "application_is_deployed") -> Any:
    result = run_check(SUITE, check, files)
    return result.verdict if result.verdict != "partial" else f"partial {result.points}"


def flow(step: str, condition: str = "") -> Any:
    return {FLOW: f"on: push\njobs:\n  j:\n    runs-on: a\n{condition}    steps:\n      - {step}\n"}


def build(*args: str, name: str = "gcr.io/cloud-builders/gcloud") -> Any:
    return {"cloudbuild.yaml": f"steps:\n- name: {name}\n  args: [{', '.join(args)}]\n"}


DEPLOY = "run: gcloud run deploy api --image a"
ACTION = "uses: google-github-actions/deploy-cloudrun@v2"


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        (flow(DEPLOY), "passed"),
        (flow(ACTION), "passed"),
        (build("run", "deploy", "api", "--image", "a"), "passed"),
        (build("functions", "deploy", "api", name="gcr.io/google.com/cloudsdktool/cloud-sdk"), "passed"),
        ({"deploy.sh": "gcloud --quiet run deploy api --image a\n"}, "passed"),
        ({"tasks.py": "from invoke import task\n@task\ndef deploy(ctx):\n    ctx.run('gcloud functions deploy tall')\n"}, "passed"),
        ({"service.yaml": SERVICE}, "passed"),
        ({"infra/main.tf": 'resource "google_cloud_run_v2_service" "api" {\n}\n'}, "passed"),
        (flow("run: gcloud run deploy frontend --image a") | {"b.sh": "gcloud run deploy api\n"}, "passed"),
        (flow("run: gcloud run deploy my-frontend --image a"), "partial 0.5"),
        ({"README.md": "It is at https://api-707742802258.europe-west1.run.app/docs.\n"}, "partial 0.5"),
        ({"front.py": "URL = 'https://api-q3zr7x2kva-ew.a.run.app'\n"}, "partial 0.5"),
        ({"README.md": "https://europe-west1-heights-4711.cloudfunctions.net/tall\n"}, "partial 0.5"),
        ({"main.py": FUNCTION}, "partial 0.5"),
        (flow(DEPLOY, "    if: false\n"), "partial 0.0"),
        (flow(ACTION, "    if: ${{ false }}\n"), "partial 0.0"),
        ({"front.py": "from google.cloud import run_v2\nrun_v2.ServicesClient()\n"}, "partial 0.0"),
        (build("apply", "-f", "a.yaml", name="gcr.io/cloud-builders/kubectl"), "partial 0.0"),
        ({"deploy.sh": "gcloud app deploy\n"}, "partial 0.0"),
        ({"README.md": "https://api-<hash>-ew.a.run.app\n"}, "partial 0.0"),
        ({"README.md": "https://api-xxxxxxxxxx-ew.a.run.app\n"}, "partial 0.0"),
        ({"README.md": "https://your-service-q3zr7x2kva-ew.a.run.app\n"}, "partial 0.0"),
        ({"docs/a.md": "https://api-xxxxx.run.app\n"}, "partial 0.0"),
        ({"k8s.yaml": "apiVersion: v1\nkind: Service\n"}, "blocked"),
        ({"deploy.sh": "# gcloud run deploy api\necho gcloud run deploy api\n"}, "blocked"),
        ({"README.md": "```\ngcloud run deploy api\n```\n"}, "blocked"),
        ({"infra/main.tf": '# resource "google_cloud_run_v2_service" "api" {\n}\n'}, "blocked"),
        ({"main.py": "# import functions_framework\nx = 1\n"}, "blocked"),
    ],
)  # fmt: skip
def test_what_deploys(files: Mapping[str, str | bytes], verdict: str) -> None:
    assert judge(files) == verdict


def test_an_address_behind_made_up_ones_counts() -> None:
    text = "https://api-<hash>-ew.a.run.app\nhttps://api-707742802258.europe-west1.run.app\n"
    assert judge({"README.md": text}) == "partial 0.5"


@pytest.mark.parametrize(
    ("command", "verdict"),
    [
        ("CMD exec uvicorn api:app --host 0.0.0.0 --port $PORT", "passed"),
        ('CMD ["uvicorn", "api:app", "--host", "0.0.0.0"]', "passed"),
        ("CMD fastapi run api.py", "passed"),
        ("CMD uvicorn api:app --port 8080", "failed"),
        ("CMD uvicorn api:app --host localhost", "failed"),
        ("CMD streamlit run front.py --server.address=localhost", "failed"),
        ('CMD ["python", "api.py"]', "not_applicable"),
    ],
)
def test_where_the_service_listens(command: str, verdict: str) -> None:
    files = {"deploy.sh": "gcloud run deploy api\n", "api.dockerfile": f"FROM python:3.12\n{command}\n"}
    assert judge(files, "service_listens_on_the_port") == verdict


def test_addresses_are_searched_in_linear_time() -> None:
    text = ("https://a-bcdefghij-" * 100 + "\n") * 900

    def is_judged() -> None:
        assert judge({"README.md": text, "deploy.sh": "gcloud app deploy\n"}) == "partial 0.0"

    ends_within(20, is_judged)
