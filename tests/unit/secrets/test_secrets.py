"""Committed secrets, found and not shown. Every one is made up here, in pieces, so that no scanner takes it for one."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import string
from pathlib import Path

import pytest

from grader.repository.submission_view import SubmissionView
from grader.secrets.rules import redacted
from tests.cpu import ends_within
from tests.view_sample import view

BASE62 = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def made(prefix: str, alphabet: str, length: int, seed: int = 1) -> str:
    rng = random.Random(f"{prefix}{length}{seed}")
    return prefix + "".join(rng.choice(alphabet) for _ in range(length))


def pem(kind: str = "RSA ", lines: int = 12, end: str = "\n") -> str:
    body = end.join(made("", BASE62, 64, seed) for seed in range(lines))
    return (
        f"-----BEGIN {kind}PRIV" + f"ATE KEY-----{end}{body}{end}-----END {kind}PRIV" + f"ATE KEY-----{end}"
    )


def jwt(claims: dict[str, object], header: dict[str, object] | None = None) -> str:
    parts = [header or {"alg": "HS256", "typ": "JWT"}, claims]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, made("", BASE62, 43)])


WANDB = made("", HEX, 40)
GITHUB = made("gh" + "p_", BASE62, 36)
HF = made("h" + "f_", string.ascii_letters, 34)
AWS_ID, AWS = made("AK" + "IA", string.ascii_uppercase, 16), made("", BASE62, 40)


def found(tmp_path: Path, text: str | bytes, path: str = "config.txt") -> list[tuple[str, int | None]]:
    return [(one.rule, one.line) for one in view(tmp_path, {path: text}).secrets]


SECRETS = {
    "key file": ("Private key", pem()),
    "key of openssh": ("Private key", pem("OPENSSH ")),
    "key without a kind": ("Private key", pem("", lines=2)),
    "key in a string": ("Private key", 'KEY = "' + pem(end="\\n") + '"'),
    "key with headers": ("Private key", pem().replace("\n", "\nProc-Type: 4,ENCRYPTED\n\n", 1)),
    "key indented in YAML": ("Private key", "key: |\n" + pem().replace("-----BEGIN", "  -----BEGIN")),
    "github": ("GitHub token", f"TOKEN={GITHUB}"),
    "github, fine grained": ("GitHub token", made("github" + "_pat_", BASE62, 22) + made("_", BASE62, 59)),
    "github in an address": ("GitHub token", f"git clone https://{GITHUB}@github.com/a/b"),
    "gitlab": ("GitLab token", "token: " + made("gl" + "pat-", BASE62, 20)),
    "slack": ("Slack token", made("xo" + "xb-123456789012-", BASE62.lower(), 24).replace("123456789012", "583920174856")),
    "slack webhook": ("Slack webhook", "https://hooks.slack" + ".com/services/" + made("T", BASE62, 9) + made("/B", BASE62, 9) + made("/", BASE62, 24)),
    "stripe": ("Stripe live key", made("sk" + "_live_", BASE62, 24)),
    "sendgrid": ("SendGrid API key", made("S" + "G.", BASE62, 22) + made(".", BASE62, 43)),
    "pypi": ("PyPI token", made("pypi-" + "AgEIcHlwaS5vcmc", BASE62, 80)),
    "npm": ("npm token", "//registry.npmjs.org/:_authToken=" + made("np" + "m_", BASE62, 36)),
    "openai": ("OpenAI API key", made("s" + "k-", BASE62, 20) + made("T3Blbk" + "FJ", BASE62, 20)),
    "openai, project": ("OpenAI API key", made("s" + "k-proj-", BASE62 + "_-", 74) + made("T3Blbk" + "FJ", BASE62, 74)),
    "anthropic": ("Anthropic API key", made("sk-" + "ant-api03-", BASE62, 95)),
    "groq": ("Groq API key", made("gs" + "k_", BASE62, 52)),
    "hugging face": ("Hugging Face token", f"login(token='{HF}')"),
    "google": ("Google API key", "key=" + made("AI" + "za", BASE62, 35)),
    "google oauth": ("Google OAuth client secret", made("GOC" + "SPX-", BASE62, 28)),
    "google user": ("Google user credentials", json.dumps({"type": "authorized_user", "refresh_token": made("1//", BASE62, 60)})),
    "azure storage": ("Azure storage key", "AccountName=a;Account" + "Key=" + made("", BASE62, 86) + "=="),
    "azure client": ("Azure client secret", 'secret = "' + made("a", BASE62, 2) + "8Q~" + made("", BASE62, 34) + '"'),
    "twilio": ("Twilio auth token", "from twilio.rest import Client\nauth_token = '" + made("", HEX, 32) + "'"),
    "jwt": ("JSON web token", "Bearer " + jwt({"sub": "ada", "iat": 1700000000})),
    "aws config": ("AWS secret access key", f"[default]\naws_access_key_id = {AWS_ID}\naws_secret_access_key = {AWS}\n"),
    "aws in code": ("AWS secret access key", f"client('s3', '{AWS_ID}', '{AWS}')"),
    "dvc remote": ("AWS secret access key", f"['remote \"s3\"']\n    secret_access_key = {AWS}\n"),
    "kaggle.json": ("Kaggle API key", json.dumps({"username": "ada", "key": made("", HEX, 32)})),
    "kaggle variable": ("Kaggle API key", "KAGGLE_KEY=" + made("", HEX, 32)),
    "password in an address": ("Password in an address", "DB = 'postgresql://ada:" + "q7!Vd0kPz2@db.uni.dk/x'"),
    "wandb variable": ("Weights & Biases API key", f"WANDB_API_KEY={WANDB}"),
    "wandb in a Dockerfile": ("Weights & Biases API key", f"ENV WANDB_API_KEY {WANDB}"),
    "wandb login": ("Weights & Biases API key", f"wandb login --relogin {WANDB}"),
    "wandb in code": ("Weights & Biases API key", f"wandb.login(key='{WANDB}')"),
    "wandb over lines": ("Weights & Biases API key", f"wandb.login(\n    relogin=True,\n    key='{WANDB}',\n)"),
    "wandb in os.environ": ("Weights & Biases API key", f"os.environ['WANDB_API_KEY'] = '{WANDB}'"),
    "wandb in YAML": ("Weights & Biases API key", f"wandb:\n  project: x\n  api_key: {WANDB}"),
    "wandb by another name": ("Weights & Biases API key", f"wandbAPI: {WANDB}"),
    "wandb in netrc": ("Weights & Biases API key", f"machine api.wandb.ai\n  login user\n  password {WANDB}"),
    "wandb, new": ("Weights & Biases API key", "key: " + made("wandb" + "_v1_", BASE62, 77)),
    "wandb, own server": ("Weights & Biases API key", f"wandb login local-{WANDB}"),
}  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_found_and_never_told(tmp_path: Path, name: str) -> None:
    rule, text = SECRETS[name]
    secrets = view(tmp_path, {"conf/settings.txt": f"first line\r\n{text}\r\nlast\r\n"}).secrets
    assert {one.rule for one in secrets} == {rule}
    assert all(one.path == "conf/settings.txt" and one.line is not None and one.line > 1 for one in secrets)
    told = repr(secrets) + "".join(f"{one.message}{one.evidence}" for one in secrets)
    words = [word for word in text.replace("\\n", " ").replace("\n", " ").split() if len(word) > 30]
    assert not any(word in told for word in words)
    assert WANDB not in told


SHA = hashlib.sha1(b"commit").hexdigest()
INNOCENT = {
    "a marker alone": "grep -r 'BEGIN RSA PRIV" + "ATE KEY' .",
    "dots for a key": "-----BEGIN PRIV" + "ATE KEY-----\n...\n-----END PRIV" + "ATE KEY-----",
    "a public key": "-----BEGIN PUBLIC KEY-----\n" + made("", BASE62, 64) + "\n-----END PUBLIC KEY-----",
    "the example of the documentation": "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY",
    "an id without its secret": f"AWS_ACCESS_KEY_ID={AWS_ID}",
    "a signed link": f"https://x.s3.amazonaws.com/a?X-Amz-Credential={AWS_ID}%2F20260101&X-Amz-Signature={made('', HEX, 64)}",
    "x for a token": "HF_TOKEN=h" + "f_" + "x" * 34,
    "your token": "hf_" + "yourTokenGoesHereAndNowhereElseOkXY",
    "a function's name": "hf_" + "abcdefghijklmnopqrstuvwxyzabcdefgh",
    "a variable": "WANDB_API_KEY=${{ secrets.WANDB_API_KEY }}",
    "a variable of the shell": "wandb login $WANDB_API_KEY",
    "a commit of wandb": f"wandb @ git+https://github.com/wandb/wandb@{SHA}",
    "the commit of a run": f"wandb_commit: {SHA}",
    "a commit beside wandb": f"import wandb\n\ncommit = '{SHA}'",
    "an action's commit": f"uses: wandb/launch@{SHA} # v1",
    "a hash of a file": f"md5: {made('', HEX, 32)}\nwandb: yes\nsha1: {SHA}",
    "digits in order": "WANDB_API_KEY=" + "0123456789" * 4,
    "nobody's password": "postgresql://postgres:" + "postgres@db.example.com/x",
    "a service of compose": "postgresql://app:" + "q7Vd0kPz2@database:5432/x",
    "this machine": "redis://user:" + "q7Vd0kPz2x@127.0.0.1:6379",
    "a template": "https://user:{password}@db.uni.dk and https://user:$PASSWORD@db.uni.dk",
    "a time in an address": "see https://a.dk/x:12:30:45@b.dk",
    "jwt.io's example": jwt({"sub": "1234567890", "name": "John Doe", "iat": 1516239022}),
    "a visitor's key": jwt({"iss": "supabase", "role": "anon", "iat": 1700000000, "exp": 2015000000}),
    "a picture's link": "https://private-user-images.githubusercontent.com/1/2.png?jwt=" + jwt({"iss": "github.com", "nbf": 1700000000, "exp": 1700000300}),
    "an unsigned token": jwt({"sub": "ada"}, {"alg": "none"}),
    "a web page's key": "{apiKey: '" + made("AI" + "za", BASE62, 35) + "', authDomain: 'x.firebaseapp.com'}",
    "the emulator": "Account" + "Key=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    "part of a longer word": "x" + GITHUB + "x",
    "a test key of a shop": made("sk" + "_test_", BASE62, 24),
}  # fmt: skip


@pytest.mark.parametrize("name", INNOCENT)
def test_what_only_looks_like_a_secret_is_none(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, INNOCENT[name]) == []


@pytest.mark.parametrize(
    "path",
    [
        "uv.lock",
        "frontend/package-lock.json",
        "tests/conftest.py",
        "tests/fixtures/key.txt",
        "src/pkg/test_login.py",
        ".env.example",
        "config.sample.yaml",
        "node_modules/x/index.js",
        "backend/.venv/lib/x.py",
    ],
)
def test_what_is_nobodys_or_made_up_is_no_finding(tmp_path: Path, path: str) -> None:
    assert found(tmp_path, f"WANDB_API_KEY={WANDB}\n{GITHUB}\n", path) == []


def test_a_service_account_is_named_as_one(tmp_path: Path) -> None:
    account = {"type": "service_account", "project_id": "x", "private_key": pem(""), "client_email": "a@b"}
    assert found(tmp_path, json.dumps(account, indent=2), "key.json") == [("Google service account key", 4)]


def test_a_notebooks_code_is_searched_and_its_outputs_are_not(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "metadata": {}, "execution_count": 1}
    book = {
        "cells": [
            {**cell, "source": ["import wandb\n", f'wandb.login(key="{WANDB}")'], "outputs": []},
            {**cell, "source": "print(x)", "outputs": [{"output_type": "stream", "text": [GITHUB]}]},
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    text = json.dumps(book, indent=1)
    line = 1 + next(number for number, row in enumerate(text.split("\n")) if WANDB in row)
    assert found(tmp_path, text, "a.ipynb") == [("Weights & Biases API key", line)]


@pytest.mark.parametrize(
    "broken", ["{", "[]", '{"cells": 3}', '{"cells": [3, {"source": 4}]}', "[" * 100_000]
)
def test_a_broken_notebook_is_searched_as_text(tmp_path: Path, broken: str) -> None:
    rules = {rule for rule, _ in found(tmp_path, f"{broken}\n{GITHUB}\n", "a.ipynb")}
    assert rules == {"GitHub token"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_every_encoding_of_a_text_is_read(tmp_path: Path, encoding: str) -> None:
    text = f"# nøgle\r\nWANDB_API_KEY={WANDB}\r\n"
    assert found(tmp_path, text.encode(encoding), ".env") == [("Weights & Biases API key", 2)]


def test_bytes_that_are_no_text_are_searched_for_tokens_too(tmp_path: Path) -> None:
    data = b"\x80\x04\0\xff" + GITHUB.encode() + b"\0" + pem().encode() + b"\0\x93"
    assert found(tmp_path, data, "model.pkl") == [("Private key", None), ("GitHub token", None)]
    assert found(tmp_path / "b", b"\x89PNG\0" + GITHUB.encode(), "figure.png") == []
    assert found(tmp_path / "c", GITHUB, "renamed.png") == [("GitHub token", 1)]


def test_the_same_secret_twice_has_one_digest(tmp_path: Path) -> None:
    other = made("gh" + "p_", BASE62, 36, 2)
    secrets = view(tmp_path, {"a": GITHUB, "b": f"{GITHUB}\n{other}"}).secrets
    digests = [one.digest for one in secrets]
    assert digests[0] == digests[1] == hashlib.sha256(GITHUB.encode()).hexdigest()[:8]
    assert digests[2] != digests[0]


def test_a_password_has_no_digest_that_would_help_to_guess_it(tmp_path: Path) -> None:
    text = "mysql://ada:" + "Sommer2026!@db.uni.dk/x"
    assert [one.digest for one in view(tmp_path, {"a": text}).secrets] == [""]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    here = SubmissionView(tmp_path, {"blobs": {"a": "0" * 40, "gone": "1" * 40}})
    assert (here.secrets, here.unsearched) == ((), ("gone",))


HOSTILE = {
    "one line": "x" * 4_000_000,
    "prefixes": "gh" + "p_" + "hf_SG.npm_://eyJwandb AKIA" * 50_000,
    "one prefix": "gh" + "p_" * 500_000,
    "tokens without an end": "eyJ" * 500_000,
    "a token of dots": "eyJ" + "a." * 500_000,
    "addresses": "://a:b" * 300_000,
    "an address without an end": "://" + "a:" * 500_000 + "@",
    "markers": ("-----BEGIN PRIV" + "ATE KEY-----\n") * 20_000,
    "names": "wandb key " * 100_000,
    "openai": "sk-" * 1000 + "T3Blbk" + "FJ" + ("sk-T3Blbk" + "FJ") * 20_000,
    "kaggle": ('"username":"a","key":"' + "0" * 31) * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_time_is_linear_whatever_a_line_holds(tmp_path: Path, name: str) -> None:
    one = view(tmp_path, {"a.txt": HOSTILE[name] + "\n" + GITHUB})

    def are_found() -> None:
        assert len(one.secrets) <= 50

    ends_within(30, are_found)


@pytest.mark.slow
def test_thousands_of_hostile_files_share_one_budget(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"f{number}.txt": "://eyJwandb key" * 2_000 for number in range(200)}
    one = view(tmp_path, files)

    def none_is_found() -> None:
        assert one.secrets == ()

    ends_within(30, none_is_found)


def test_texts_of_events_are_redacted(tmp_path: Path) -> None:
    here = view(tmp_path, {"tests/test_login.py": f"KEY = 1\nos.environ['WANDB_API_KEY'] = '{WANDB}'\n"})
    assert here.secrets == ()
    data = {"words": ["wandb", "login", WANDB], "text": f"export X={HF}", "line": 3, "none": None}
    shown = json.dumps(here.redacted(data))
    assert WANDB not in shown
    assert HF not in shown
    assert '"line": 3' in shown
    assert redacted("nothing here") == "nothing here"
    assert redacted(f"a {GITHUB} b {GITHUB}") == "a [removed: GitHub token] b [removed: GitHub token]"
