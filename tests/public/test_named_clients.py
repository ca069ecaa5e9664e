"""Clients under names of their own: `s = requests.Session()` asks, and `s = st.session_state` keeps."""

from __future__ import annotations

import pytest

from grader.testing import run_check
from tests.places import CHECKS

PAGE = "import httpx\nimport requests\nimport streamlit as st\n\n"
ASKS = [
    "s = requests.Session()\nst.write(s.get('http://api:8000/predict').json())\n",
    "with requests.Session() as s:\n    st.write(s.post('http://api/predict', json=1).json())\n",
    "def ask(x):\n    s = requests.Session()\n    return s.post(x)\n\n\nst.write(ask('a'))\n",
    "c = httpx.Client(base_url='http://api')\nst.write(c.get('/items').json())\n",
    "@st.cache_resource\ndef made():\n    return requests.Session()\n\n\nst.write(made().get('http://api').json())\n",
    "class Api:\n    def __init__(self):\n        self.s = requests.Session()\n\n    def ask(self):\n        return self.s.get('http://api')\n\n\n"
    "st.write(Api().ask())\n",
    "def ask(s: requests.Session):\n    return s.get('http://api')\n\n\nst.write(ask(requests.Session()))\n",
]
KEEPS = [
    "s = {'a': 1}\nst.write(s.get('a'))\n",
    "session = st.session_state\nst.write(session.get('a'))\n",
    "st.write(st.session_state.get('a'))\n",
    "client = dict(a=1)\nst.write(client.get('a'))\n",
    "api = {'k': 2}\nst.write(api.get('k'))\n",
    # Another function's name.
    "def ask():\n    s = requests.Session()\n    return s\n\n\ndef keep():\n    s = {}\n    return s.get('a')\n\n\nst.write(keep())\n",
]


@pytest.mark.parametrize(("body", "asks"), [*((one, True) for one in ASKS), *((one, False) for one in KEEPS)])
def test_a_page_asks_by_a_client_of_any_name(body: str, asks: bool) -> None:
    found = run_check(
        CHECKS / "m26_frontend", "a_frontend_asks_the_api", {"app.py": PAGE + body}, profile="project"
    )
    assert found.verdict == ("passed" if asks else "failed")


API = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/items')\ndef items():\n    return [1]\n"
TEST = "import pytest\nimport requests\n\n\n{}"
TALKS = [
    "s = requests.Session()\n\n\ndef test_items():\n    assert s.get('http://localhost:8000/items').ok\n",
    "def test_items():\n    with requests.Session() as s:\n        assert s.get('http://localhost:8000/items').ok\n",
    "@pytest.fixture\ndef s():\n    with requests.Session() as made:\n        yield made\n\n\ndef test_items(s):\n"
    "    assert s.get('http://localhost:8000/items').ok\n",
]


@pytest.mark.parametrize("body", TALKS)
def test_a_test_asks_by_a_client_of_any_name(body: str) -> None:
    files = {"p/api.py": API, "tests/test_x.py": TEST.format(body)}
    found = run_check(CHECKS / "m24_testing_apis", "the_api_is_tested", files, profile="project")
    assert found.verdict == "passed"
    other = {"p/api.py": API, "tests/test_x.py": TEST.format(body).replace("requests.Session()", "dict()")}
    assert (
        run_check(CHECKS / "m24_testing_apis", "the_api_is_tested", other, profile="project").verdict
        != "passed"
    )
