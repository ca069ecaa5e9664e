"""The forge's API, asked over HTTP: a real server on this machine says what a forge might say."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from grader.errors import UsageError
from grader.forge import Access, ask_forge, read_access
from grader.forge.github import repository_of
from grader.results import Forge

TOKEN = "a-token-that-nobody-may-see"
COMMIT = "0123456789abcdef0123456789abcdef01234567"

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """A forge: what it answers by path, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, list[str]], str | None]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = parse_qs(parts.query)
                server.asked.append((parts.path, query, self.headers.get("Authorization")))
                answer = server.answers.get(parts.path)
                if callable(answer):
                    answer(self)
                    return
                page = int(query.get("page", ["1"])[0])
                if (isinstance(answer, list) and page > 1) or answer is None:
                    answer = [] if "pulls" in parts.path or "contributors" in parts.path else None
                send(self, 404 if answer is None else 200, json.dumps(answer).encode())

            def log_message(self, *arguments: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def ask(self, deadline_s: float = 10.0, **options: Any) -> Forge:
        access = Access(url=self.url, token=TOKEN)
        found = ask_forge(access, "ada/project", COMMIT, deadline_s=deadline_s, **options)
        assert TOKEN not in found.model_dump_json()
        return found

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def send(handler: BaseHTTPRequestHandler, code: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(code)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def status(code: int, body: bytes = b"{}", **headers: str) -> Answer:
    return lambda handler: send(handler, code, body, **headers)


@pytest.fixture
def forge() -> Iterator[Server]:
    server = Server()
    person, bot = {"login": "ada", "type": "User"}, {"login": "dependabot[bot]", "type": "Bot"}
    server.answers = {
        "/repos/ada/project/pulls": [
            {"number": 1, "user": person, "merged_at": "2026-01-05T10:00:00Z"},
            {"number": 2, "user": person, "merged_at": None},
            {"number": 3, "user": bot, "merged_at": "2026-01-05T10:00:00Z"},
            {"number": 4, "user": None, "merged_at": None},
        ],
        "/repos/ada/project/pulls/1/reviews": [{"user": {"login": "bo", "type": "User"}}],
        "/repos/ada/project/pulls/2/reviews": [{"user": person}, {"user": bot}],
        "/repos/ada/project/pulls/4/reviews": [],
        "/repos/ada/project/contributors": [person, {"login": "bo", "type": "User"}, bot],
        "/repos/ada/project/actions/runs": {"workflow_runs": [run("success")]},
    }
    yield server
    server.close()


def run(
    conclusion: str | None, number: int = 1, workflow: int = 7, state: str = "completed"
) -> dict[str, Any]:
    kind = {"workflow_id": workflow, "run_number": number, "event": "push", "name": f"Tests {workflow}"}
    return {**kind, "status": state, "conclusion": conclusion}


def test_what_the_forge_says_is_in_the_result(forge: Server) -> None:
    found = forge.ask()
    assert found.notes == ()
    assert (found.pull_requests, found.pull_requests_by_bots, found.merged, found.reviewed) == (3, 1, 1, 1)
    assert (found.contributors, found.passing) == (2, True)
    assert [(one.name, one.event, one.conclusion) for one in found.runs] == [("Tests 7", "push", "success")]
    assert {token for *_, token in forge.asked} == {f"Bearer {TOKEN}"}
    assert [name for name in forge.asked[0][1] if forge.asked[0][1][name] == [COMMIT]] == ["head_sha"]


@pytest.mark.parametrize(
    ("runs", "passing"),
    [
        ([], None),
        ([run("success"), run("skipped", workflow=8)], True),
        ([run("skipped")], None),
        ([run("success"), run("failure", workflow=8)], False),
        ([run("success"), run("startup_failure", workflow=8)], False),
        ([run("failure", number=1), run("success", number=2)], True),
        ([run("success"), run(None, workflow=8, state="in_progress")], None),
        ([run("failure"), run(None, workflow=8, state="queued")], False),
    ],
)
def test_no_run_is_no_success(forge: Server, runs: list[dict[str, Any]], passing: bool | None) -> None:
    forge.answers["/repos/ada/project/actions/runs"] = {"workflow_runs": runs}
    assert forge.ask().passing is passing


def test_every_page_is_read(forge: Server) -> None:
    def pulls(handler: BaseHTTPRequestHandler) -> None:
        page = int(parse_qs(urlsplit(handler.path).query)["page"][0])
        some = [{"number": n, "user": {"login": "ada"}} for n in range({1: 100, 2: 100}.get(page, 5))]
        send(handler, 200, json.dumps(some).encode())

    forge.answers["/repos/ada/project/pulls"] = pulls
    found = forge.ask()
    assert found.pull_requests == 205
    assert found.reviewed is None
    assert "Reviews" in found.notes[0]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (status(404), "no such repository"),
        (status(403), "may not read"),
        (status(403, X_RateLimit_Remaining="0"), "rate limit"),
        (status(429), "rate limit"),
        (status(401), "does not accept the token"),
        (status(500), "status 500"),
        (status(204), "status 204"),
        (status(200, b"<html>"), "no JSON"),
        (status(200, b"\xff\xfe"), "no JSON"),
        (status(200, b"[" * 200_000), "no JSON"),
        (status(200, b"9" * 10_000), "no JSON"),
        (status(200, b'"text"'), "another form"),
        (status(200, b"null"), "another form"),
        (status(200, b'{"workflow_runs": {}}'), "another form"),
        (status(200, b"x" * 9_000_000), "more than 8 MiB"),
        (status(200, b"\x1f\x8b", Content_Encoding="gzip"), "compressed"),
        (status(302), "status 302"),
        (lambda handler: handler.wfile.write(b"nonsense\r\n\r\n"), "did not answer"),
        (lambda handler: handler.connection.close(), "did not answer"),
    ],
)
def test_whatever_goes_wrong_is_a_note(forge: Server, answer: Answer, why: str) -> None:
    forge.answers["/repos/ada/project/actions/runs"] = answer
    found = forge.ask()
    assert found.passing is None
    assert why in found.notes[0]
    assert len(found.notes[0]) < 200


@pytest.mark.parametrize("ill", [status(502), status(503), lambda handler: handler.close_connection])
def test_a_forge_that_fails_at_first_is_asked_again_which_the_log_says(
    forge: Server, ill: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    runs = "/repos/ada/project/actions/runs"
    well, turns = forge.answers[runs], iter([ill])

    def answer(handler: BaseHTTPRequestHandler) -> None:
        next(turns, lambda handler: send(handler, 200, json.dumps(well).encode()))(handler)

    forge.answers[runs] = answer
    found = forge.ask()
    assert (found.passing, found.notes) == (True, ())
    said = [record.getMessage() for record in caplog.records if record.name == "grader.retries"]
    assert len(said) == 1
    assert said[0].startswith(f"retry 1 of 2 of question to the forge ({runs})")
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("answer", [status(404), status(401), status(429), status(200, b"<html>")])
def test_what_will_not_pass_is_asked_once(forge: Server, answer: Answer) -> None:
    forge.answers["/repos/ada/project/contributors"] = answer
    forge.ask()
    assert [path for path, *_ in forge.asked].count("/repos/ada/project/contributors") == 1


@pytest.mark.parametrize(
    "entries",
    [
        [3, None, "x", []],
        [{"user": 3, "number": "x"}, {"user": {"login": 4}}, {}],
        [{"number": -1, "user": {"login": "a"}}, {"number": 10**30, "user": {"login": "b"}}],
    ],
)
def test_entries_of_another_form_are_no_error(forge: Server, entries: list[Any]) -> None:
    forge.answers["/repos/ada/project/pulls"] = entries
    assert forge.ask().pull_requests == sum(isinstance(entry, dict) for entry in entries)


def test_a_part_that_fails_leaves_the_others(forge: Server) -> None:
    forge.answers["/repos/ada/project/contributors"] = status(403)
    forge.answers["/repos/ada/project/pulls/2/reviews"] = status(404)
    found = forge.ask()
    assert (found.contributors, found.reviewed, found.merged, found.passing) == (None, None, 1, True)
    assert [note.split(" of ")[0] for note in found.notes] == ["Contributors", "Reviews"]


def test_after_a_used_up_limit_nothing_more_is_asked(forge: Server) -> None:
    forge.answers["/repos/ada/project/actions/runs"] = status(429)
    forge.ask()
    assert len(forge.asked) == 1


def test_a_renamed_repository_is_followed_on_the_same_host(forge: Server) -> None:
    forge.answers["/repos/ada/project/contributors"] = status(
        301, Location="/repositories/5/contributors?page=1"
    )
    forge.answers["/repositories/5/contributors"] = [{"login": "ada"}]
    assert forge.ask().contributors == 1


def test_the_token_goes_to_no_other_host(forge: Server) -> None:
    other = Server()
    elsewhere = other.url.replace("127.0.0.1", "localhost")
    for location in (
        f"{other.url}/x",
        f"{elsewhere}/x",
        f"//{other.url.removeprefix('http://')}/x",
        "http://[/x",
    ):
        forge.answers["/repos/ada/project/actions/runs"] = status(302, Location=location)
        assert "redirects to" in forge.ask().notes[0]
    assert other.asked == []
    other.close()


def test_the_body_of_a_redirect_is_not_read(forge: Server) -> None:
    sent = []

    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "/repositories/5/contributors")
        handler.end_headers()
        try:
            for _ in range(2_000):
                sent.append(handler.wfile.write(b"x" * 65_536))
        except OSError:
            return

    forge.answers["/repos/ada/project/contributors"] = redirect
    forge.answers["/repositories/5/contributors"] = [{"login": "ada"}]
    assert forge.ask().contributors == 1
    assert sum(sent) < 50_000_000


def test_circles_end(forge: Server) -> None:
    forge.answers["/repos/ada/project/contributors"] = status(302, Location="/repos/ada/project/contributors")
    assert "circles" in forge.ask().notes[0]


def test_a_server_that_drips_is_left_at_the_deadline(forge: Server) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        # Until nobody listens any more.
        with contextlib.suppress(OSError):
            while True:
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.05)

    forge.answers["/repos/ada/project/pulls"] = drip
    # Room for the answer before, on a busy machine too.
    found = forge.ask(deadline_s=4.0)
    assert (found.passing, found.pull_requests) == (True, None)
    assert "longer than 4 s" in found.notes[-1]


def test_nobody_there_is_a_note() -> None:
    found = ask_forge(Access(url="http://127.0.0.1:9", token=TOKEN), "ada/project", COMMIT)
    assert found.passing is None
    assert "did not answer" in found.notes[0]


@pytest.mark.parametrize(
    ("source", "api", "name"),
    [
        ("ada/project", "https://api.github.com", "ada/project"),
        ("https://github.com/ada/project.git", "https://api.github.com", "ada/project"),
        ("https://github.com/ada/project/", "https://api.github.com", "ada/project"),
        ("git@github.com:ada/project.git", "https://api.github.com", "ada/project"),
        ("ssh://git@github.com/ada/project", "https://api.github.com", "ada/project"),
        ("https://git.uni.dk/ada/project", "https://git.uni.dk/api/v3", "ada/project"),
        ("https://gitlab.com/ada/project", "https://api.github.com", ""),
        ("https://github.com.evil.dk/ada/project", "https://api.github.com", ""),
        ("/home/ada/project", "https://api.github.com", ""),
        ("https://[/x", "https://api.github.com", ""),
    ],
)
def test_the_repository_is_that_of_the_source(source: str, api: str, name: str) -> None:
    assert repository_of(source, api) == name


@pytest.mark.parametrize(
    "source", ["/home/ada/project", ".", "https://github.com/ada", "https://github.com/a/../b", "a/.."]
)
def test_a_source_that_names_no_repository_is_not_asked_about(forge: Server, source: str) -> None:
    found = ask_forge(Access(url=forge.url, token=TOKEN), source, COMMIT)
    assert "--forge-repository" in found.notes[0]
    assert forge.asked == []


def test_a_folder_is_asked_about_under_the_name_given(forge: Server) -> None:
    access = Access(url=forge.url, token=TOKEN)
    assert ask_forge(access, "/home/ada/project", COMMIT, repository="ada/project").merged == 1


def test_a_token_is_read_from_the_environment_and_never_shown() -> None:
    access = read_access("https://api.github.com/", "MY_TOKEN", {"MY_TOKEN": f" {TOKEN}\n"})
    assert (access.url, access.token) == ("https://api.github.com", TOKEN)
    assert TOKEN not in repr(access)


@pytest.mark.parametrize(
    ("url", "variable", "environment"),
    [
        ("https://api.github.com", "gh" + "p_" + "a" * 36, {}),
        ("https://api.github.com", "MISSING", {}),
        ("https://api.github.com", "T", {"T": "  "}),
        ("https://api.github.com", "T", {"T": f"{TOKEN}\r\nX-Evil: 1"}),
        ("http://api.github.com", "T", {"T": TOKEN}),
        ("ftp://api.github.com", "T", {"T": TOKEN}),
        (f"https://user:{TOKEN}@api.github.com", "T", {"T": TOKEN}),
        ("nonsense", "T", {"T": TOKEN}),
    ],
)
def test_a_wrong_option_says_so_without_the_token(
    url: str, variable: str, environment: dict[str, str]
) -> None:
    with pytest.raises(UsageError) as problem:
        read_access(url, variable, environment)
    assert TOKEN not in str(problem.value)
    assert "a" * 36 not in str(problem.value)


def test_credentials_of_netrc_are_not_sent(
    forge: Server, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    forge.ask()
    assert {token for *_, token in forge.asked} == {f"Bearer {TOKEN}"}
