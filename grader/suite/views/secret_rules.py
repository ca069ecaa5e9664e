"""What a secret looks like: rules of structure, no guesses by entropy or by the name of a variable alone.

Where detect-secrets has a rule with a structure of its own (a prefix, a length, an alphabet), it is used; it is imported only
where a text holds such a prefix, as that takes a tenth of a second. Rules that it lacks, or whose expressions take quadratic
time or raise false alarms, are here. Every expression meets a bounded window around a fixed word, so that the time is
linear in the text, whatever it holds.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import importlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

#: Places of fixed words that are looked at in a text, and characters between such a word and its secret.
MAX_PLACES = 20_000
_NEAR = 400

Span = tuple[int, int]


@dataclass(frozen=True)
class Rule:
    """A kind of secret.

    Attributes:
        name: for people.
        words: fixed words, one of which is in every such secret or right beside it; exact case.
        find: spans of secrets in a window of the text around a word: (text, position of the word).
        remedy: what to do about it.
        textual: whether it is looked for in text only; a rule with a strong structure is sought in any bytes.
        guessable: whether people choose such secrets, so that even a digest would help to guess one.
        proven: whether `find` rules out placeholders by itself.
    """

    name: str
    words: tuple[str, ...]
    find: Callable[[str, int], Iterator[Span]]
    remedy: str
    textual: bool = False
    guessable: bool = False
    proven: bool = False


def spans(text: str, *, binary: bool = False, most: int = MAX_PLACES) -> Iterator[tuple[Rule, int, int]]:
    """Rule, start and end of every secret in `text`; placeholders are none. At most `most` places are looked at."""
    for rule in RULES:
        if binary and rule.textual:
            continue
        found: set[Span] = set()
        for word in rule.words:
            at = text.find(word)
            while at != -1 and most:
                found.update(rule.find(text, at))
                at, most = text.find(word, at + len(word)), most - 1
        for start, end in sorted(found):
            if rule.proven or not is_placeholder(text[start:end]):
                yield rule, start, end


def redacted(text: str) -> str:
    """`text` with every secret in it replaced by the name of its kind."""
    out, last = [], 0
    for start, end, rule in sorted((start, end, rule.name) for rule, start, end in spans(text)):
        if start >= last:
            out += [text[last:start], f"[removed: {rule}]"]
        last = max(last, end)
    return "".join([*out, text[last:]]) if out else text


def digest(secret: str) -> str:
    """Eight digits that tell two secrets apart without telling either."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()[:8]


_PLACEHOLDER = re.compile(
    r"example|sample|placeholder|your|xxxx|\*\*\*|\.\.\.|…|fake|dummy|changeme|change_me|insert|replace|redacted|<|\$\{|\{\{"
    r"|12345678|abcdefgh|01234567|98765432|deadbeef|(.)\1{5}",
    re.IGNORECASE,
)


def is_placeholder(secret: str) -> bool:
    """Whether it stands for a secret that is not there: `hf_xxxx…`, `…EXAMPLE`, a run of digits."""
    head = secret[:200]
    return _PLACEHOLDER.search(head) is not None or len(set(head)) < min(8, len(head) // 2)


def _matches(pattern: str, *, before: int = 0, after: int = 300) -> Callable[[str, int], Iterator[Span]]:
    """Where `pattern` matches in the window from `before` characters before a word to `after` behind it."""
    compiled = re.compile(pattern)
    group = "secret" if "secret" in compiled.groupindex else 0

    def find(text: str, at: int) -> Iterator[Span]:
        for match in compiled.finditer(text, max(at - before, 0), at + after):
            yield match.span(group)

    return find


@cache
def _denylist(module: str, name: str) -> tuple[re.Pattern[str], ...]:
    plugin: Any = getattr(importlib.import_module(f"detect_secrets.plugins.{module}"), name)
    return tuple(plugin.denylist)


def _library(
    module: str, name: str, *, before: int = 0, after: int = 160
) -> Callable[[str, int], Iterator[Span]]:
    """What a detector of detect-secrets matches in a window around a word, where it is no part of a longer word."""

    def find(text: str, at: int) -> Iterator[Span]:
        first = max(at - before, 0)
        for pattern in _denylist(module, name):
            for match in pattern.finditer(text, first, at + after):
                start, end = match.span()
                if not _word(text, start - 1) and not _word(text, end):
                    yield start, end

    return find


def _word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


# Private keys: the marker alone is talk of keys; what follows must be one.

_KEY_HEAD = re.compile(r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_KEY_BODY = re.compile(r"[A-Za-z0-9+/=]{48,6000}")
_KEY_NOISE = re.compile(r"\\[nrt]|[\s\"',`#>|\\]|(?:Proc-Type|DEK-Info|Version|Comment):[^\n\\]{0,100}")


def _private_key(text: str, at: int) -> Iterator[Span]:
    body = _key_after(text, at)
    if body is not None and "service_account" not in text[max(at - 3000, 0) : at + 6000]:
        yield body


def _service_account(text: str, at: int) -> Iterator[Span]:
    body = _key_after(text, at)
    if body is not None and "service_account" in text[max(at - 3000, 0) : at + 6000]:
        yield body


def _key_after(text: str, at: int) -> Span | None:
    head = _KEY_HEAD.search(text, max(at - 60, 0), at + 40)
    if head is None:
        return None
    end = text.find("-----END", head.end(), head.end() + 6000)
    body = text[head.end() : end if end != -1 else head.end() + 6000]
    # Base64 that a real key would fill, not dots between two markers.
    letters = _KEY_BODY.match(_KEY_NOISE.sub("", body))
    if letters is None or len(set(letters[0])) < 20:
        return None
    return head.end(), head.end() + len(body.rstrip())


# Weights & Biases: forty hex digits are a commit's id as well, so what stands before them decides.

_HEX40 = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{40}(?![0-9A-Za-z])")
_WANDB_NAMED = re.compile(
    r"(?:wandb(?!\w{0,30}(?:sha|commit|hash|rev|digest|version|ref))[\w.\[\]\"' -]{0,40}[\"'\])]{0,3}\s{0,5}[:=]\s{0,5}[\"']?"
    r"|wandb\w{0,20}(?:key|token|secret)[\"'\])]{0,3}\s{0,5}[,\s]\s{0,5}[\"']?"
    r"|wandb(?:\.|\s+)login\b[^#\n]{0,80}?)(?:local-)?$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:key|token|password|secret)[\"'\])]{0,3}\s{0,5}(?:[:=,]|\s)\s{0,5}[\"']?(?:local-)?$", re.IGNORECASE
)


def _wandb(text: str, at: int) -> Iterator[Span]:
    for match in _HEX40.finditer(text, at, at + _NEAR):
        line = text.rfind("\n", max(match.start() - _NEAR, 0), match.start()) + 1
        before = text[max(line, match.start() - _NEAR) : match.start()]
        # `netrc`, and a call or a mapping on several lines, have the name on a line before.
        if _WANDB_NAMED.search(before) or (
            _NAMED.search(before) and text.count("\n", at, match.start()) <= 3
        ):
            yield match.span()


# Amazon: an id is public (signed links show it); the secret beside it is not.

_AWS_SECRET = re.compile(
    r"secret_?(?:access_?)?key[\"'\])]{0,3}\s{0,5}(?:[:=,]|=>|\s)\s{0,5}[\"']?(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
    re.IGNORECASE,
)
_AWS_QUOTED = re.compile(r"[\"'](?P<secret>[A-Za-z0-9/+]{40})[\"']")
_AWS_ID = re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])")


def _aws(text: str, at: int) -> Iterator[Span]:
    pattern = _AWS_SECRET
    if text.startswith(("AKIA", "ASIA"), at):
        if not _AWS_ID.match(text, at):
            return
        pattern = _AWS_QUOTED
    for match in pattern.finditer(text, at, at + 200):
        if _is_mixed(match["secret"]):
            yield match.span("secret")


def _is_mixed(text: str) -> bool:
    """Capitals, small letters and digits: no hash, no word."""
    kinds = (str.isupper, str.islower, str.isdigit)
    return all(any(kind(character) for character in text) for kind in kinds)


# Tokens that say what they are.

_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{10,1000}\.eyJ[\w-]{10,3000}\.[\w-]{20,1000}(?![\w-])")
_DAY_S = 86_400


def _jwt(text: str, at: int) -> Iterator[Span]:
    match = _JWT.match(text, at)
    if match is None:
        return
    header, claims = (_decoded(part) for part in match[0].split(".")[:2])
    if not isinstance(header, dict) or not isinstance(claims, dict) or header.get("alg") in (None, "none"):
        return
    # The key of an anonymous visitor is public; a signed link that lived for minutes is no standing secret.
    if claims.get("role") == "anon" or claims.get("sub") == "1234567890" or _is_short_lived(claims):
        return
    yield match.span()


def _decoded(part: str) -> Any:
    try:
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None


def _is_short_lived(claims: dict[str, Any]) -> bool:
    begin, end = claims.get("iat", claims.get("nbf")), claims.get("exp")
    numbers = isinstance(begin, int | float) and isinstance(end, int | float)
    return numbers and end - begin <= _DAY_S  # type: ignore[operator]


def _google_api_key(text: str, at: int) -> Iterator[Span]:
    # Firebase's key of a web page is public by design.
    if "authDomain" not in text[max(at - 500, 0) : at + 500]:
        yield from _GOOGLE_API_KEY(text, at)


_GOOGLE_API_KEY = _matches(r"(?<![\w-])AIza[\w-]{35}(?![\w-])", after=45)

# `scheme://user:password@host`, where host and password are not those of everybody's own machine.

_BASIC = re.compile(
    r"://(?P<user>[^\s:/@\"'`<>{}$%()]{1,60}):(?P<secret>[^\s/@\"'`<>{}$%()\[\]]{8,100})@(?P<host>[A-Za-z0-9.-]{4,200})"
)
_WEAK = re.compile(
    r"(?:user|pass|password|passwd|secret|admin|root|postgres|guest|test|mysql|mongo|redis|rabbitmq|token|api|key|my|db|the|a"
    r"|[\W\d_])+",
    re.IGNORECASE,
)
_NO_HOST = re.compile(
    r"localhost|127\.|0\.0\.0\.0|(?:^|\.)example\.|\.local$|\.internal$|^host|(?:^|\.)test$|domain",
    re.IGNORECASE,
)


def _basic(text: str, at: int) -> Iterator[Span]:
    match = _BASIC.match(text, at)
    if match is None or "." not in match["host"] or _NO_HOST.search(match["host"]):
        return
    if match["secret"] != match["user"] and not _WEAK.fullmatch(match["secret"]):
        yield match.span("secret")


#: What Azure's storage emulator has on every machine.
_AZURITE = "0011cc25"
_AZURE = _library("azure_storage_key", "AzureStorageKeyDetector")


def _azure_storage(text: str, at: int) -> Iterator[Span]:
    for start, end in _AZURE(text, at):
        if digest(text[start + len("AccountKey=") : end]) != _AZURITE:
            yield start + len("AccountKey="), end


_GITHUB = _library("github_token", "GitHubTokenDetector")
_NEW = "make a new one where it came from, and delete this one there"

RULES = (
    Rule(
        "Private key",
        ("PRIVATE KEY",),
        _private_key,
        "make a new pair and remove the old public key wherever it is trusted",
        proven=True,
    ),
    Rule(
        "Google service account key",
        ("PRIVATE KEY",),
        _service_account,
        "delete the key in the Cloud console (IAM, Service Accounts, Keys) and make a new one",
        proven=True,
    ),
    Rule(
        "Google user credentials",
        ("refresh_token",),
        _matches(r"refresh_token\"\s{0,5}:\s{0,5}\"(?P<secret>1//[\w-]{40,200})\""),
        "run `gcloud auth application-default revoke`, then log in anew",
    ),
    Rule(
        "Google OAuth client secret",
        ("GOCSPX-",),
        _matches(r"(?<![\w-])GOCSPX-[\w-]{28}(?![\w-])", after=50),
        _NEW,
    ),
    Rule("Google API key", ("AIza",), _google_api_key, _NEW),
    Rule(
        "Weights & Biases API key",
        ("wandb", "WANDB", "Wandb", "WandB"),
        _wandb,
        "delete it at wandb.ai/settings and make a new one",
        textual=True,
    ),
    Rule(
        "Weights & Biases API key",
        ("wandb_v1_",),
        _matches(r"(?<!\w)wandb_v1_\w{50,200}", after=220),
        "delete it at wandb.ai/settings and make a new one",
    ),
    Rule(
        "Hugging Face token",
        ("hf_",),
        _matches(
            r"(?<!\w)hf_(?=[A-Za-z0-9]{0,33}[A-Z])(?=[A-Za-z0-9]{0,33}[a-z])[A-Za-z0-9]{34}(?!\w)",
            before=0,
            after=40,
        ),
        "delete it at huggingface.co/settings/tokens and make a new one",
    ),
    Rule(
        "Kaggle API key",
        ("kaggle", "KAGGLE", '"username"', "'username'"),
        _matches(
            r"(?:KAGGLE_KEY[\"'\])]{0,3}\s{0,5}(?:[:=,]|\s)\s{0,5}[\"']?"
            r"|username[\"']\s{0,5}:\s{0,5}[\"'][\w.-]{1,60}[\"']\s{0,5},\s{0,9}[\"']key[\"']\s{0,5}:\s{0,5}[\"'])"
            r"(?P<secret>[0-9a-f]{32})(?![0-9A-Za-z])",
            after=200,
        ),
        "expire it at kaggle.com/settings and make a new one",
        textual=True,
    ),
    Rule(
        "AWS secret access key",
        (
            *("secret_access_key", "SECRET_ACCESS_KEY", "secretAccessKey", "SecretAccessKey"),
            *("aws_secret_key", "AWS_SECRET_KEY", "AKIA", "ASIA"),
        ),
        _aws,
        "deactivate it in the AWS console (IAM, Access keys) and make a new one",
        textual=True,
    ),
    Rule(
        "Azure storage key",
        ("AccountKey=",),
        _azure_storage,
        "rotate the key in the Azure portal (Storage account, Access keys)",
    ),
    Rule(
        "Azure client secret",
        ("Q~",),
        _matches(r"(?<![\w.~-])[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])", before=4, after=40),
        _NEW,
    ),
    Rule(
        "GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        _GITHUB,
        "delete it at github.com/settings/tokens",
    ),
    Rule(
        "GitHub token",
        ("github_pat_",),
        _matches(r"(?<!\w)github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?!\w)", after=100),
        "delete it at github.com/settings/tokens",
    ),
    Rule(
        "GitLab token",
        ("glpat-", "gldt-", "glrt-", "glptt-"),
        _library("gitlab_token", "GitLabTokenDetector"),
        _NEW,
    ),
    Rule(
        "Slack token",
        ("xoxa-", "xoxb-", "xoxp-", "xoxo-", "xoxs-", "xoxr-"),
        _library("slack", "SlackDetector"),
        _NEW,
    ),
    Rule("Slack webhook", ("https://hooks.slack.com/services/",), _library("slack", "SlackDetector"), _NEW),
    Rule("Stripe live key", ("sk_live_", "rk_live_"), _library("stripe", "StripeDetector"), _NEW),
    Rule("SendGrid API key", ("SG.",), _library("sendgrid", "SendGridDetector"), _NEW),
    Rule("PyPI token", ("pypi-AgE",), _library("pypi_token", "PypiTokenDetector", after=300), _NEW),
    Rule("npm token", ("npm_",), _matches(r"(?<!\w)npm_[A-Za-z0-9]{36}(?!\w)", after=42), _NEW),
    Rule("OpenAI API key", ("T3BlbkFJ",), _library("openai", "OpenAIDetector", before=120, after=90), _NEW),
    Rule(
        "OpenAI API key",
        ("T3BlbkFJ",),
        _matches(
            r"(?<![\w-])sk-(?:proj|svcacct|admin)-[\w-]{20,100}T3BlbkFJ[\w-]{21,100}", before=120, after=120
        ),
        _NEW,
    ),
    Rule(
        "Anthropic API key",
        ("sk-ant-",),
        _matches(r"(?<![\w-])sk-ant-[a-z]{3,10}\d\d-[\w-]{80,120}(?![\w-])", after=150),
        _NEW,
    ),
    Rule("Groq API key", ("gsk_",), _matches(r"(?<!\w)gsk_[A-Za-z0-9]{52}(?!\w)", after=60), _NEW),
    Rule(
        "Twilio auth token",
        ("twilio", "TWILIO", "Twilio"),
        _matches(
            r"(?i:auth_?token)[\"'\])]{0,3}\s{0,5}(?:[:=,]|\s)\s{0,5}[\"']?(?P<secret>[0-9a-f]{32})(?![0-9A-Za-z])"
        ),
        _NEW,
        textual=True,
    ),
    Rule(
        "JSON web token", ("eyJ",), _jwt, "revoke it, or change the key that signs such tokens", textual=True
    ),
    Rule("Password in an address", ("://",), _basic, "change the password", textual=True, guessable=True),
)
