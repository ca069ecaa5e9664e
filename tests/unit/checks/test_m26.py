"""The traps of M26: what is a page that asks an API or a model, and what is not."""

import json
from collections.abc import Mapping

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m26_frontend"
API = {
    "app.py": "from fastapi import FastAPI\napp = FastAPI()\n\n\n@app.post('/predict')\ndef predict(x: int):\n    return model(x)\n"
}
FORM = '<html><form action="/predict" method="post"><textarea name="t"></textarea></form></html>'


def judge(files: Mapping[str, str | bytes], check: str = "a_frontend_asks_the_api") -> CheckResult:
    return run_check(SUITE, check, {**API, **files}, profile="project")


@pytest.mark.parametrize(
    "code",
    [
        "import requests\nimport streamlit as st\nst.title('x')\nst.write(requests.post(url, json={}).json())\n",
        "import streamlit as st\n\n\ndef main():\n    import httpx\n\n    with httpx.Client() as client:\n        st.write(client.post('/x'))\n",
        "import gradio as gr\nimport torch\nmodel = torch.load('m')\ngr.Interface(fn=lambda x: model(x)).launch()\n",
        "import streamlit as st\nfrom client import ask\nst.write(ask(1))\n",
        "import gradio as gr\ngr.load('models/x/y').launch()\n",
        "from nicegui import ui\nfrom urllib.request import urlopen\nui.label(urlopen(url).read())\n",
    ],
)
def test_pages_of_python(code: str) -> None:
    client = "import requests\n\n\ndef ask(x):\n    return requests.post('http://api/predict', json=x)\n"
    assert judge({"frontend.py": code, "client.py": client}).verdict == "passed"


@pytest.mark.parametrize(
    "code",
    [
        "import streamlit as st\nimport requests\n",
        "import streamlit as st\nst.title('x')\n# requests.post(url)\n",
        "import streamlit as st\nimport pandas as pd\nst.write(pd.read_csv('a.csv'))\n",
        "import os\nimport streamlit as st\nst.title(os.environ.get('TITLE'))\n",
    ],
)
def test_pages_that_ask_nobody(code: str) -> None:
    assert judge({"frontend.py": code}).verdict == "failed"


@pytest.mark.parametrize(
    ("path", "text", "verdict"),
    [
        ("templates/index.html", FORM, "passed"),
        ("static/index.html", "<script>fetch('/predict').then(show)</script>", "passed"),
        ("static/index.html", "<script>// fetch('/predict')\nvar a = 'http://x';</script>", "blocked"),
        ("static/index.html", "<form><input type='submit'></form>", "blocked"),
        ("static/index.html", "<!-- <form><input></form> --><p>form</p>", "blocked"),
        ("docs/site/search.html", FORM, "blocked"),
        ("htmlcov/index.html", FORM, "blocked"),
        ("reports/report.html", FORM, "blocked"),
        ("frontend/src/App.tsx", "const r = await fetch(`${url}/predict`)", "passed"),
        ("frontend/src/App.vue", "axios.post(url, body)", "passed"),
        ("frontend/src/App.js", "/* fetch('/x') */ const a = 'http://b'", "blocked"),
        ("tests/load.js", "import http from 'k6/http';\nfetch('/x')", "blocked"),
    ],
)
def test_pages_of_html_and_javascript(path: str, text: str, verdict: str) -> None:
    assert judge({path: text}).verdict == verdict


def test_a_web_application_that_asks_in_an_unknown_way_is_left_open() -> None:
    package = json.dumps({"dependencies": {"react": "18"}})
    assert (
        judge({"frontend/package.json": package, "frontend/src/App.jsx": "trpc.predict()"}).verdict
        == "partial"
    )
    tools = json.dumps({"devDependencies": {"prettier": "3"}})
    assert judge({"package.json": tools}).verdict == "blocked"


def test_a_page_in_the_code_of_the_api_counts() -> None:
    code = f"from fastapi import FastAPI\napp = FastAPI()\n\n\n@app.get('/')\ndef root():\n    return HTMLResponse('''{FORM}''')\n"
    assert judge({"app.py": code}).verdict == "passed"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("The frontend lies at https://github.com/someone/frontend.\n", "not_applicable"),
        ("The frontend uses [Streamlit](https://streamlit.io).\n", "blocked"),
        ("The frontend runs at http://localhost:8501.\n", "blocked"),
        ("Our API: https://api.example.org\n", "blocked"),
    ],
)
def test_a_frontend_elsewhere_cannot_be_judged(text: str, verdict: str) -> None:
    outcome = judge({"README.md": text})
    assert (outcome.verdict, outcome.evidence) == (verdict, ())


def test_a_declared_library_is_named() -> None:
    outcome = judge({"requirements_frontend.txt": "streamlit\n"})
    assert outcome.verdict == "failed"
    assert "requirements_frontend.txt" in outcome.message


def test_much_javascript_is_read_in_bounded_time() -> None:
    files = {f"web/{number}.js": "'fetch(' + `x` " * 20_000 for number in range(10)}
    assert judge(files).verdict == "blocked"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("URL = 'http://localhost:8000'", "failed"),
        ("URL = os.getenv('BACKEND', 'http://localhost:8000')", "passed"),
        ("URL = st.secrets['backend'] or 'http://127.0.0.1'", "passed"),
        ("URL = 'https://api-x.a.run.app'", "passed"),
    ],
)
def test_the_address_of_the_backend(line: str, verdict: str) -> None:
    code = f"import os\nimport requests\nimport streamlit as st\n{line}\nst.write(requests.get(URL))\n"
    assert judge({"frontend.py": code}, "the_backend_address_is_a_setting").verdict == verdict


@pytest.mark.parametrize(
    ("command", "verdict"),
    [
        ("CMD streamlit run src/frontend.py", "passed"),
        ('ENTRYPOINT ["python", "-m", "streamlit", "run", "frontend.py"]', "passed"),
        ("CMD bash start.sh", "passed"),
        ("CMD python frontend.py", "passed"),
        ("CMD uvicorn app:app", "failed"),
    ],
)
def test_the_image_of_the_frontend(command: str, verdict: str) -> None:
    files = {"frontend.py": "import streamlit as st\nimport requests\nst.write(requests.get(URL))\n"}
    files |= {"start.sh": "streamlit run frontend.py\n", "Dockerfile": f"FROM python:3.12\n{command}\n"}
    assert judge(files, "the_frontend_has_an_image").verdict == verdict
