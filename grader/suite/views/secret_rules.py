"""What a secret looks like: rules of structure, no guesses by entropy or by the name of a variable alone.

Where detect-secrets has a rule with a structure of its own (a prefix, a length, an alphabet), it is used; it is imported only
where a text holds such a prefix, as that takes a tenth of a second. Rules that it lacks, or whose expressions take quadratic
time or raise false alarms, are here. Every expression meets a bounded window around a fixed word, so that the time is
linear in the text, whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.suite.views import secret_shapes as shapes
from grader.suite.views.secret_shapes import Finder, Span, library, matches

#: Places of fixed words that are looked at in a text.
MAX_PLACES = 20_000


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
    find: Finder
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


_PLACEHOLDER = re.compile(
    r"example|sample|placeholder|your|xxxx|\*\*\*|\.\.\.|…|fake|dummy|changeme|change_me|insert|replace|redacted|<|\$\{|\{\{"
    r"|12345678|abcdefgh|01234567|98765432|deadbeef|(.)\1{5}",
    re.IGNORECASE,
)


def is_placeholder(secret: str) -> bool:
    """Whether it stands for a secret that is not there: `hf_xxxx…`, `…EXAMPLE`, a run of digits."""
    head = secret[:200]
    return _PLACEHOLDER.search(head) is not None or len(set(head)) < min(8, len(head) // 2)


_GITHUB = library("github_token", "GitHubTokenDetector")
_NEW = "make a new one where it came from, and delete this one there"

RULES = (
    Rule(
        "Private key",
        ("PRIVATE KEY",),
        shapes.private_key,
        "make a new pair and remove the old public key wherever it is trusted",
        proven=True,
    ),
    Rule(
        "Google service account key",
        ("PRIVATE KEY",),
        shapes.service_account,
        "delete the key in the Cloud console (IAM, Service Accounts, Keys) and make a new one",
        proven=True,
    ),
    Rule(
        "Google user credentials",
        ("refresh_token",),
        matches(r"refresh_token\"\s{0,5}:\s{0,5}\"(?P<secret>1//[\w-]{40,200})\""),
        "run `gcloud auth application-default revoke`, then log in anew",
    ),
    Rule(
        "Google OAuth client secret",
        ("GOCSPX-",),
        matches(r"(?<![\w-])GOCSPX-[\w-]{28}(?![\w-])", after=50),
        _NEW,
    ),
    Rule("Google API key", ("AIza",), shapes.google_api_key, _NEW),
    Rule(
        "Weights & Biases API key",
        ("wandb", "WANDB", "Wandb", "WandB"),
        shapes.wandb,
        "delete it at wandb.ai/settings and make a new one",
        textual=True,
    ),
    Rule(
        "Weights & Biases API key",
        ("wandb_v1_",),
        matches(r"(?<!\w)wandb_v1_\w{50,200}", after=220),
        "delete it at wandb.ai/settings and make a new one",
    ),
    Rule(
        "Hugging Face token",
        ("hf_",),
        matches(
            r"(?<!\w)hf_(?=[A-Za-z0-9]{0,33}[A-Z])(?=[A-Za-z0-9]{0,33}[a-z])[A-Za-z0-9]{34}(?!\w)",
            before=0,
            after=40,
        ),
        "delete it at huggingface.co/settings/tokens and make a new one",
    ),
    Rule(
        "Kaggle API key",
        ("kaggle", "KAGGLE", '"username"', "'username'"),
        matches(
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
        shapes.aws,
        "deactivate it in the AWS console (IAM, Access keys) and make a new one",
        textual=True,
    ),
    Rule(
        "Azure storage key",
        ("AccountKey=",),
        shapes.azure_storage,
        "rotate the key in the Azure portal (Storage account, Access keys)",
    ),
    Rule(
        "Azure client secret",
        ("Q~",),
        matches(r"(?<![\w.~-])[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])", before=4, after=40),
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
        matches(r"(?<!\w)github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?!\w)", after=100),
        "delete it at github.com/settings/tokens",
    ),
    Rule(
        "GitLab token",
        ("glpat-", "gldt-", "glrt-", "glptt-"),
        library("gitlab_token", "GitLabTokenDetector"),
        _NEW,
    ),
    Rule(
        "Slack token",
        ("xoxa-", "xoxb-", "xoxp-", "xoxo-", "xoxs-", "xoxr-"),
        library("slack", "SlackDetector"),
        _NEW,
    ),
    Rule("Slack webhook", ("https://hooks.slack.com/services/",), library("slack", "SlackDetector"), _NEW),
    Rule("Stripe live key", ("sk_live_", "rk_live_"), library("stripe", "StripeDetector"), _NEW),
    Rule("SendGrid API key", ("SG.",), library("sendgrid", "SendGridDetector"), _NEW),
    Rule("PyPI token", ("pypi-AgE",), library("pypi_token", "PypiTokenDetector", after=300), _NEW),
    Rule("npm token", ("npm_",), matches(r"(?<!\w)npm_[A-Za-z0-9]{36}(?!\w)", after=42), _NEW),
    Rule("OpenAI API key", ("T3BlbkFJ",), library("openai", "OpenAIDetector", before=120, after=90), _NEW),
    Rule(
        "OpenAI API key",
        ("T3BlbkFJ",),
        matches(
            r"(?<![\w-])sk-(?:proj|svcacct|admin)-[\w-]{20,100}T3BlbkFJ[\w-]{21,100}", before=120, after=120
        ),
        _NEW,
    ),
    Rule(
        "Anthropic API key",
        ("sk-ant-",),
        matches(r"(?<![\w-])sk-ant-[a-z]{3,10}\d\d-[\w-]{80,120}(?![\w-])", after=150),
        _NEW,
    ),
    Rule("Groq API key", ("gsk_",), matches(r"(?<!\w)gsk_[A-Za-z0-9]{52}(?!\w)", after=60), _NEW),
    Rule(
        "Twilio auth token",
        ("twilio", "TWILIO", "Twilio"),
        matches(
            r"(?i:auth_?token)[\"'\])]{0,3}\s{0,5}(?:[:=,]|\s)\s{0,5}[\"']?(?P<secret>[0-9a-f]{32})(?![0-9A-Za-z])"
        ),
        _NEW,
        textual=True,
    ),
    Rule(
        "JSON web token",
        ("eyJ",),
        shapes.jwt,
        "revoke it, or change the key that signs such tokens",
        textual=True,
    ),
    Rule(
        "Password in an address", ("://",), shapes.basic, "change the password", textual=True, guessable=True
    ),
)
