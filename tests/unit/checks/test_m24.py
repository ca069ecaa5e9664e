"""The traps of M24: what asks an API, what CI collects, what is a load test."""

from collections.abc import Mapping
from typing import Any

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m24_testing_apis"
API = {
    "src/pkg/__init__.py": "",
    "src/pkg/api.py": "from fastapi import FastAPI\napp = FastAPI()\n\n\n@app.post('/predict')\ndef predict(x: int):\n    return model(x)\n",
}
HEAD = "from fastapi.testclient import TestClient\nfrom pkg.api import app\n\n"
GOOD = f"{HEAD}client = TestClient(app)\n\n\ndef test_a():\n    assert client.post('/predict', json=1).status_code == 200\n"


def judge(files: Mapping[str, str | bytes], check: str = "the_api_is_tested") -> CheckResult:
    return run_check(SUITE, check, {**API, **files}, profile="project")


@pytest.mark.parametrize(
    "code",
    [
        GOOD,
        f"{HEAD}\ndef test_a():\n    with TestClient(app) as c:\n        r = c.get('/')\n    assert r.json()\n",
        "import httpx\n\n\ndef test_api():\n    assert httpx.get('http://localhost:8000/').status_code == 200\n",
        "import pytest\nfrom httpx import AsyncClient, ASGITransport\nfrom pkg.api import app\n\n\n@pytest.mark.anyio\nasync def test_a():\n    async with AsyncClient(transport=ASGITransport(app=app)) as c:\n        r = await c.post('/predict')\n    r.raise_for_status()\n",
        "from pkg.api import app\n\n\ndef test_a():\n    r = app.test_client().post('/predict')\n    assert r.status_code == 200\n",
        f"import unittest\n{HEAD}\nclass ApiTests(unittest.TestCase):\n    def setUp(self):\n        self.client = TestClient(app)\n\n    def test_a(self):\n        self.assertEqual(self.client.get('/').status_code, 200)\n",
        f"{HEAD}client = TestClient(app)\n\n\ndef ask(path):\n    return client.get(path)\n\n\ndef test_a():\n    assert ask('/').status_code == 200\n",
        "from pkg.api import predict\n\n\ndef test_a():\n    assert predict(3) == 4\n",
        f"import pytest\n{HEAD}\n@pytest.mark.skipif(not MODEL, reason='no model')\ndef test_a():\n    assert TestClient(app).get('/').status_code == 200\n",
    ],
)
def test_ways_to_ask_an_api(code: str) -> None:
    assert (
        judge({"tests/test_pkg.py": code} if "test_api" not in code else {"tests/test_api.py": code}).verdict
        == "passed"
    )


def test_a_client_may_be_a_fixture_of_conftest() -> None:
    files = {
        "tests/conftest.py": f"import pytest\n{HEAD}\n@pytest.fixture\ndef model():\n    return 1\n\n\n@pytest.fixture\ndef client(model):\n    yield TestClient(app)\n",
        "tests/integrationtests/test_routes.py": "def test_a(client):\n    assert client.get('/').status_code == 200\n",
    }
    assert judge(files).verdict == "passed"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "is empty"),
        (GOOD.replace("def test_a", "import pytest\n\n\n@pytest.mark.skip\ndef test_a"), "always skipped"),
        (
            GOOD.replace(
                "client = ", "import pytest\npytestmark = [pytest.mark.skip(reason='x')]\nclient = "
            ),
            "always skipped",
        ),
        (
            GOOD.replace("    assert", "    import pytest\n    pytest.skip('x')\n    assert").replace(
                "    import pytest\n", ""
            ),
            "",
        ),
        (GOOD.replace("assert client", "client"), "checks nothing"),
        (f"{HEAD}\ndef test_a():\n    assert TestClient(app)\n", "No test talks"),
        (
            f"{HEAD}\ndef test_a():\n    c = TestClient(app)\n    assert {{'a': 1}}.get('a') == 1\n",
            "No test talks",
        ),
        (
            "# from fastapi.testclient import TestClient\ndef test_a():\n    assert 1 + 1 == 2\n",
            "No test talks",
        ),
    ],
)
def test_what_tests_no_api(code: str, said: str) -> None:
    outcome = judge({"tests/test_api.py": code})
    assert outcome.verdict == "failed" or not said
    assert said in outcome.message


def test_a_download_over_http_is_no_test_of_an_api() -> None:
    code = "import requests\n\n\ndef test_data():\n    assert requests.get('https://data.example.org/x').ok\n"
    assert judge({"tests/test_data.py": code}).verdict == "blocked"


@pytest.mark.parametrize(
    ("steps", "others", "verdict"),
    [
        ("- run: pytest", {}, "passed"),
        ("- run: uv run coverage run -m pytest tests/ -k api", {}, "passed"),
        ("- run: pytest tests/test_api.py::test_a -v", {}, "passed"),
        ("- run: pytest --cov=src --junitxml out.xml tests", {}, "passed"),
        ("- run: make test", {"Makefile": "test: lint\n\tpytest tests\nlint:\n\truff check .\n"}, "passed"),
        ("- run: make ci", {"Makefile": "ci: test\ntest:\n\tpytest tests\n"}, "passed"),
        ("- run: make lint", {"Makefile": "test:\n\tpytest tests\nlint:\n\truff check .\n"}, "failed"),
        (
            "- run: uv run invoke test",
            {"tasks.py": "from invoke import task\n\n\n@task\ndef test(c):\n    c.run('pytest tests/')\n"},
            "passed",
        ),
        ("- run: bash scripts/test.sh", {"scripts/test.sh": "set -e\npytest tests\n"}, "passed"),
        ("- run: ./other.sh", {"scripts/test.sh": "pytest tests\n"}, "failed"),
        ("- run: docker run image pytest tests", {}, "passed"),
        ("- run: pytest tests/unit", {}, "failed"),
        (
            "- run: pytest",
            {"pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['tests/unit']\n"},
            "failed",
        ),
        ("- run: pytest", {"pytest.ini": "[pytest]\ntestpaths = tests\n"}, "passed"),
        ("- run: pytest --ignore tests/test_api.py", {}, "failed"),
        ("- run: pytest --collect-only", {}, "failed"),
        ("- run: pip install pytest", {}, "failed"),
        ("- run: pytest\n        if: ${{ false }}", {}, "failed"),
        ("- run: pytest\n        working-directory: backend", {}, "failed"),
        ("- run: echo pytest", {}, "failed"),
    ],
)
def test_what_a_workflow_collects(steps: str, others: dict[str, Any], verdict: str) -> None:
    workflow = f"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      {steps}\n"
    files = {"tests/test_api.py": GOOD, ".github/workflows/ci.yml": workflow, **others}
    assert judge(files, "a_workflow_runs_the_api_tests").verdict == verdict


def test_cloud_build_is_continuous_integration_too() -> None:
    build = (
        "steps:\n- name: python:3.12\n  entrypoint: bash\n  args: ['-c', 'pip install . && pytest tests']\n"
    )
    files = {"tests/test_api.py": GOOD, "cloudbuild.yaml": build}
    assert judge(files, "a_workflow_runs_the_api_tests").verdict == "passed"


LOCUST = (
    "from locust import HttpUser, task\n\n\n{}class U({}):\n    @task(2)\n    def go(self):\n        {}\n"
)


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"src/pkg/load.py": LOCUST.format("", "HttpUser", "self.client.get('/')")}, "passed"),
        (
            {
                "l.py": LOCUST.format(
                    "class B(HttpUser):\n    abstract = True\n\n\n", "B", "self.client.get('/')"
                )
            },
            "passed",
        ),
        ({"locustfile.py": LOCUST.format("", "HttpUser", "pass")}, "failed"),
        (
            {"locustfile.py": "from locust import HttpUser\n\n\nclass U(HttpUser):\n    wait_time = 1\n"},
            "failed",
        ),
        ({"locustfile.py": "# class U(HttpUser):\nfrom locust import HttpUser\n"}, "failed"),
        (
            {
                "tests/k6/test.js": "import http from 'k6/http';\nexport default function () { http.get('x'); }\n"
            },
            "passed",
        ),
        ({"load.js": "// import http from 'k6/http';\nexport default 1\n"}, "failed"),
        ({"artillery.yml": "config:\n  target: http://x\nscenarios:\n- flow: []\n"}, "passed"),
        ({"scripts/load.sh": "hey -n 100 http://x/predict\n"}, "passed"),
        (
            {
                "load_test.py": "import asyncio\nimport httpx\n\n\nasync def go():\n    await httpx.AsyncClient().post('/x')\n"
            },
            "passed",
        ),
        ({"requirements.txt": "locust\n"}, "failed"),
        ({"src/pkg/load_data.py": "x = 1\n"}, "blocked"),
    ],
)
def test_load_tests(files: dict[str, str], verdict: str) -> None:
    assert judge(files, "the_api_is_load_tested").verdict == verdict


@pytest.mark.parametrize(
    ("call", "verdict"),
    [
        ("self.client.post('/predict')", "passed"),
        ("self.client.post('/predict/?a=1')", "passed"),
        ("self.client.get('/items/1')", "failed"),
        ("self.client.get(PATH)", "not_applicable"),
    ],
)
def test_the_routes_of_a_load_test(call: str, verdict: str) -> None:
    files = {"locustfile.py": LOCUST.format("", "HttpUser", call)}
    assert judge(files, "load_tests_ask_for_routes_that_exist").verdict == verdict


def test_another_platformdirs_than_that_of_the_tools_hides_no_test() -> None:
    # The test of the API makes it the work of M24, and is skipped: FastAPI need not be there.
    files = {
        "platformdirs.py": "",
        "tests/test_api.py": f"import pytest\npytest.importorskip('nowhere')\n{GOOD}",
        "tests/test_one.py": "def test_one():\n    assert 1 + 1 == 2\n",
    }
    result = run_check(SUITE, "integration_tests_pass", {**API, **files}, profile="exercises")
    assert result.verdict == "passed", result.message
