"""Fetch from addresses: a real git server on this machine, over http and https."""

from __future__ import annotations

import base64
import http.server
import os
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import GradingError, SourceError
from grader.settings import SubmissionLimits
from grader.submission import fetch
from tests.git_command import git
from tests.other_pack import write_other_pack

TOKEN = "a-secret-token"


class Forge(http.server.ThreadingHTTPServer):
    """Serves the repositories in a folder; `authorizations` are what clients sent, `elsewhere` redirects them."""

    def __init__(self, root: Path, certificate: Path | None = None, host: str = "127.0.0.1") -> None:
        self.root = root
        self.authorizations: list[str | None] = []
        self.elsewhere = ""
        self.status = 0
        #: How many questions get no answer but `status`; None: all.
        self.fails: int | None = None
        super().__init__(("127.0.0.1", 0), Handler)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = f"http{'s' if certificate else ''}://{host}:{self.server_address[1]}/"


class Handler(http.server.SimpleHTTPRequestHandler):
    """git's file protocol over http: a folder of files, as `git update-server-info` leaves it."""

    server: Forge

    def do_GET(self) -> None:
        self.server.authorizations.append(self.headers["Authorization"])
        if self.server.elsewhere:
            self.send_response(301)
            self.send_header("Location", self.server.elsewhere.rstrip("/") + self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.server.status and self.server.fails != 0:
            if self.server.fails is not None:
                self.server.fails -= 1
            self.send_error(self.server.status)
        else:
            super().do_GET()

    def translate_path(self, path: str) -> str:
        return str(self.server.root) + path.partition("?")[0]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the standard library
        return


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ada/project.git and ada/empty.git, bare."""
    root = tmp_path_factory.mktemp("forge")
    work = tmp_path_factory.mktemp("work")
    git(work, "init", "-q", "-b", "trunk")
    (work / "README.md").write_text("hello\n")
    (work / "noise").write_bytes(os.urandom(2_000_000))
    git(work, "add", ".")
    git(work, "commit", "-qm", "first")
    git(work, "branch", "side")
    (root / "ada").mkdir()
    for name in ("project", "project.git"):
        git(root / "ada", "clone", "-q", "--bare", str(work), name)
        git(root / "ada" / name, "update-server-info")
    git(root / "ada", "init", "-q", "--bare", "empty.git")
    git(root / "ada" / "empty.git", "update-server-info")
    return root


@pytest.fixture
def forge(repositories: Path) -> Iterator[Forge]:
    with serving(Forge(repositories)) as server:
        yield server


class serving:  # noqa: N801 - reads as a verb
    """A server that answers while the block lasts."""

    def __init__(self, server: Forge) -> None:
        self.server = server

    def __enter__(self) -> Forge:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self.server

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost and 127.0.0.1, with its key, that signs itself."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-days", "2", "-keyout", str(path), "-out", f"{path}.crt", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + Path(str(path) + ".crt").read_bytes())
    return path


def test_an_address(forge: Forge, tmp_path: Path) -> None:
    submission = fetch(forge.url + "ada/project.git", into=tmp_path / "out", allow_local=False)
    assert submission.id == "ada-project"
    assert submission.files() == ["README.md", "noise"]
    assert (submission.branch, submission.default_branch) == ("trunk", "trunk")
    assert [branch["name"] for branch in submission.branches] == ["side", "trunk"]
    assert submission.source == forge.url + "ada/project.git"
    assert any("http" in note for note in submission.notes)


def test_owner_and_name_on_a_forge(forge: Forge, tmp_path: Path) -> None:
    submission = fetch("ada/project", into=tmp_path / "out", forge=forge.url)
    assert submission.id == "ada-project"
    assert submission.source == "ada/project"
    assert "README.md" in submission.files()


def test_an_empty_repository(forge: Forge, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="has no commits yet"):
        fetch("ada/empty.git", into=tmp_path / "out", forge=forge.url)


def test_no_such_repository_is_the_sources_fault(forge: Forge, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"ada/nothing cannot be cloned: .") as caught:
        fetch("ada/nothing", into=tmp_path / "out", forge=forge.url)
    assert "GRADER_GIT_TOKEN" in caught.value.advice


def test_a_private_repository_does_not_ask_for_a_password(forge: Forge, tmp_path: Path) -> None:
    forge.status = 401
    with pytest.raises(SourceError, match="cannot be cloned"):
        fetch("ada/project", into=tmp_path / "out", forge=forge.url)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_forge_that_is_ill_is_worth_another_try(forge: Forge, tmp_path: Path, status: int) -> None:
    forge.status = status
    with pytest.raises(GradingError, match="cannot be cloned") as caught:
        fetch("ada/project", into=tmp_path / "out", forge=forge.url)
    assert caught.value.exit_code == 3


@pytest.mark.process
@pytest.mark.parametrize("verbose", [True, False])
def test_a_forge_that_fails_at_first_is_asked_again_which_the_log_says(
    forge: Forge, tmp_path: Path, verbose: bool
) -> None:
    forge.status, forge.fails = 503, 1
    address = forge.url + "ada/project.git"
    course = write_other_pack(tmp_path / "pack")
    options = ["--course", str(course), "--sandbox", "local", "--trust-submissions"]
    options += ["--out", str(tmp_path / "out"), *(["--verbose"] if verbose else [])]
    done = subprocess.run(
        [sys.executable, "-m", "grader.cli", "grade", address, *options],
        env={**os.environ, "GRADER_GIT_TOKEN": TOKEN},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert forge.fails == 0
    retries = [line for line in done.stderr.splitlines() if "grader.retries:" in line]
    assert len(retries) == (1 if verbose else 0), done.stderr
    assert all("retry 1 of 2 of clone of http://" in line and "503" in line for line in retries)
    assert TOKEN not in done.stdout + done.stderr
    assert '"ada-project"' in (tmp_path / "out" / "summary.json").read_text()


@pytest.mark.parametrize("status", [404, 401, 429])
def test_what_will_not_pass_is_asked_once(
    forge: Forge, tmp_path: Path, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    forge.status = status
    with pytest.raises((SourceError, GradingError)):
        fetch(forge.url + "ada/project.git", into=tmp_path / "out")
    assert "retry" not in caplog.text


def test_a_forge_that_is_not_there_is_worth_another_try(tmp_path: Path) -> None:
    with pytest.raises(GradingError, match="cannot be cloned") as caught:
        fetch("ada/project", into=tmp_path / "out", forge="http://127.0.0.1:9/")
    assert caught.value.exit_code == 3


def test_a_clone_that_takes_too_long_is_ended(repositories: Path, tmp_path: Path) -> None:
    silent = Forge(repositories)
    try:
        # It listens and never answers: nobody serves.
        with pytest.raises(GradingError, match="took too long"):
            fetch(
                "ada/project", into=tmp_path / "out", forge=silent.url, limits=SubmissionLimits(clone_s=0.5)
            )
    finally:
        silent.server_close()


def test_a_clone_that_grows_too_large_is_refused(forge: Forge, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="larger than"):
        fetch(
            "ada/project",
            into=tmp_path / "out",
            forge=forge.url,
            limits=SubmissionLimits(clone_bytes=1_000_000),
        )


def test_a_token_goes_to_its_forge_over_https(
    repositories: Path, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    monkeypatch.setenv("GRADER_GIT_TOKEN", TOKEN)
    with serving(Forge(repositories, certificate, "localhost")) as forge:
        fetch("ada/project", into=tmp_path / "out", forge=forge.url)
        sent = {base64.b64decode((header or "").removeprefix("Basic ")) for header in forge.authorizations}
        assert sent == {f"x-access-token:{TOKEN}".encode()}


def test_a_token_goes_nowhere_else(
    repositories: Path, certificate: Path, forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    with serving(Forge(repositories, certificate, "localhost")) as other:
        fetch(other.url + "ada/project", into=tmp_path / "a", token=TOKEN)
        fetch("ada/project", into=tmp_path / "b", forge=forge.url, token=TOKEN)
        assert set(other.authorizations + forge.authorizations) == {None}


def test_a_token_does_not_follow_a_redirect(
    repositories: Path, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    with (
        serving(Forge(repositories, certificate, "localhost")) as forge,
        serving(Forge(repositories, certificate, "127.0.0.1")) as thief,
    ):
        forge.elsewhere = thief.url
        fetch("ada/project", into=tmp_path / "out", forge=forge.url, token=TOKEN)
        assert set(thief.authorizations) == {None}


def test_a_certificate_that_nobody_knows_is_refused(
    repositories: Path, certificate: Path, tmp_path: Path
) -> None:
    with serving(Forge(repositories, certificate, "localhost")) as forge:
        with pytest.raises(GradingError, match=re.compile("certificate|SSL", re.IGNORECASE)):
            fetch("ada/project", into=tmp_path / "out", forge=forge.url)
        assert forge.authorizations == []
