"""The kinds of secrets: rules of structure (a prefix, a length, an alphabet), never entropy or a variable's name alone.

The formats are those that each service documents for its tokens. A kind that needs more than a regular expression has a
function in `grader.secrets.shapes`.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.secrets import shapes
from grader.secrets.shapes import Finder, matches


@dataclass(frozen=True)
class Rule:
    """A kind of secret.

    Attributes:
        name: for people.
        words: fixed words, one of which is in every such secret or directly beside it; case matters.
        find: yields spans of secrets in a window of the text around a word: (text, position of the word).
        remedy: what to do about it.
        textual: whether only text is searched for it; a rule with a strong structure is searched in any bytes.
        guessable: whether people choose such secrets, so that even a digest would help to guess one.
        proven: whether `find` itself excludes placeholders.
    """

    name: str
    words: tuple[str, ...]
    find: Finder
    remedy: str
    textual: bool = False
    guessable: bool = False
    proven: bool = False


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
        matches(r"(?<!\w)gh[pousr]_[A-Za-z0-9]{36}(?!\w)", after=50),
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
        matches(r"(?<!\w)gl(?:(?:pat|dt|ft|soat|rt)-[\w-]{20,50}|ptt-[\w-]{40})(?!\w)", after=60),
        _NEW,
    ),
    Rule(
        "Slack token",
        ("xoxa-", "xoxb-", "xoxp-", "xoxo-", "xoxs-", "xoxr-"),
        matches(r"(?<!\w)xox[abpors]-(?:\d{1,20}-){1,5}[A-Za-z0-9]{1,100}(?!\w)", after=220),
        _NEW,
    ),
    Rule(
        "Slack webhook",
        ("https://hooks.slack.com/services/",),
        matches(r"https://hooks\.slack\.com/services/T\w{1,40}/B\w{1,40}/\w{1,60}(?!\w)", after=180),
        _NEW,
    ),
    Rule(
        "Stripe live key",
        ("sk_live_", "rk_live_"),
        matches(r"(?<!\w)[rs]k_live_[0-9A-Za-z]{24}(?!\w)", after=50),
        _NEW,
    ),
    Rule("SendGrid API key", ("SG.",), matches(r"(?<!\w)SG\.[\w-]{22}\.[\w-]{43}(?!\w)", after=80), _NEW),
    Rule(
        "PyPI token",
        ("pypi-AgE",),
        matches(r"(?<!\w)pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[\w-]{70,250}(?!\w)"),
        _NEW,
    ),
    Rule("npm token", ("npm_",), matches(r"(?<!\w)npm_[A-Za-z0-9]{36}(?!\w)", after=42), _NEW),
    Rule(
        "OpenAI API key",
        ("T3BlbkFJ",),
        matches(r"(?<!\w)sk-[\w-]{0,80}[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}(?!\w)", before=120, after=90),
        _NEW,
    ),
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
