"""What code may lack where grading runs, through no fault of its authors, by the messages of the libraries concerned.

Each row is a kind, the reason that students read, and what a failure says. `own` rows say what this machine lacks, whatever a
suite asks; the others hold for projects, whose code was made for another place: a network, an account, variables of CI.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Excuse:
    """One row: `{0}` in the reason is the first group of the pattern."""

    kind: str
    reason: str
    pattern: re.Pattern[str]
    own: bool = False

    def of(self, text: str) -> str:
        """Return the reason if a failure with `text` is of this kind, or an empty string."""
        found = self.pattern.search(text)
        if not found:
            return ""
        return self.reason.format(next((group for group in found.groups() if group), ""))


_NETWORK = (
    # The standard library, requests, urllib3, httpx, aiohttp.
    "ConnectionError|ConnectError|ConnectTimeout|ReadTimeout|URLError|HTTPError:(?! (?:HTTP Error )?[45]\\d\\d)|MaxRetryError"
    "|ProxyError|SSLError"
    "|NewConnectionError|ClientConnectorError|ServerDisconnectedError|RemoteDisconnected|gaierror|herror"
    "|Name or service not known|name resolution|No address associated with hostname|nodename nor servname"
    "|Connection (?:refused|reset|aborted)|Network is unreachable|No route to host|Max retries exceeded"
    # Hugging Face, Kaggle, DVC, W&B, gRPC and Google's libraries, gcsfs, S3, MLflow, timm, nltk, spaCy, whisper.
    "|OfflineModeIsEnabled|LocalEntryNotFoundError|OfflineModeError|offline mode|no internet connection"
    "|[Cc]an(?:not|'t|not even) connect to|couldn't connect to|[Ff]ailed to connect to|ServiceUnavailable"
    "|failed to connect to all addresses|DNS resolution failed|RetryError|TransportError|EndpointConnectionError"
    "|CommError|wandb\\.errors|MlflowException.{0,80}API request|Error loading \\w+: <urlopen"
    "|failed to pull data from the cloud|ReductionError"
    # transformers, of a name of the hub; a path that begins with a dot or a slash is the group's own.
    r"|OSError: Can't load (?:the )?(?:tokenizer|model|config\w*|[\w ]{0,20}processor|[\w ]{0,20}extractor) for '(?![./])"
    # timm, of a model that it would download; its message is the same where the hub's package is one of another day.
    "|Hugging Face hub model specified but package not installed"
    # If transformers finds no file of a tokenizer, it calls `stat` with None.
    r"|TypeError: stat: path should be string, bytes, os\.PathLike or integer, not NoneType"
)
_ACCOUNT = (
    "DefaultCredentialsError|CredentialsError|NoCredentialsError|CredentialRetrievalError|RefreshError|NoAuthTokenError"
    "|LoginError|GatedRepoError|AuthenticationError|could not automatically determine credentials"
    "|[Cc]ould not find kaggle\\.json|Missing username|api_key not configured|(?:[Nn]o|[Mm]issing|[Ii]nvalid) API key"
    "|API key.{0,40}(?:not|missing|required|must)|[Nn]o project(?: ID)? could be determined|Project was not passed"
)
#: Without an account W&B is disabled, and gives None for an artifact.
_NO_ARTIFACT = (
    r"'NoneType' object has no attribute '(download|get_path|get_entry|file|checkout|wait)'"
    r"(?=.{0,400}\bartifact\w*\.\1\()"
)
_VARIABLE = (
    r"(?:<frozen os>|/os\.py):\d+: KeyError: '(\w+)'"
    r"|KeyError: '(\w+)'(?=.{0,400}os\.environ\[)"
    r"|os\.environ\[.{0,200}KeyError: '(\w+)'"
    r"|\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b.{0,60}(?:must be set|is not set|not set|is (?:missing|required|undefined))"
    r"|[Ee]nvironment variable[s:]? .{0,3}\b([A-Z][A-Z0-9_]{2,})\b.{0,40}(?:not|missing|required|must|undefined)"
)
_DEVICE = (
    "No CUDA GPUs|not compiled with CUDA|no NVIDIA driver|Found no NVIDIA|CUDA (?:is not available|driver version)"
    "|No CUDA runtime|CUDAAccelerator|No supported gpu backend|MPSAccelerator|MPS is not available"
)

TABLE: tuple[Excuse, ...] = (
    Excuse(
        "library",
        "It needs `{0}`, a library of the system that is not there where grading runs.",
        re.compile(r"\b([\w.+-]{1,80}\.so(?:\.[\w.]{1,20})?): cannot open shared object file"),
        own=True,
    ),
    Excuse(
        "library",
        "It needs the program `{0}`, which is not there where grading runs.",
        re.compile(
            r"FileNotFoundError: \[Errno 2\] No such file or directory: "
            r"'(ffmpeg|ffprobe|dot|git|gcloud|docker|dvc|java|nvidia-smi)'"
        ),
        own=True,
    ),
    # The message of `checks/environment/stand_ins.py` for an operator that it cannot replace.
    Excuse(
        "library",
        "{0}.",
        re.compile(r"(The grader's environment has this package without [^\n.]{1,80})"),
        own=True,
    ),
    Excuse(
        "limit",
        "It writes into an installed package, which cannot be changed where grading runs.",
        re.compile(r"(?:Read-only file system|Permission denied): (?:'[^'\n]*' -> )?'[^'\n]*/site-packages/"),
        own=True,
    ),
    # The messages of allocators: of torch, numpy, C++ and the system. A bare MemoryError may come of any code.
    Excuse(
        "limit",
        "It needs more memory than there is where grading runs.",
        re.compile(
            r"can(?:no|')t allocate memory|Cannot allocate memory|Unable to allocate [\d.]+ [KMGT]iB|std::bad_alloc"
        ),
        own=True,
    ),
    # `python -m venv` brings setuptools with it up to Python 3.11, and libraries of that time count on it.
    Excuse(
        "library",
        "It needs `{0}` of setuptools, which is not in the environment where grading runs.",
        re.compile(r"No module named '(pkg_resources|setuptools)\b"),
        own=True,
    ),
    Excuse("device", "It needs a GPU.", re.compile(_DEVICE)),
    Excuse("network", "It needs a network or an account.", re.compile(_NETWORK)),
    Excuse("account", "It needs a network or an account.", re.compile(_ACCOUNT)),
    Excuse("account", "It needs a network or an account.", re.compile(_NO_ARTIFACT, re.DOTALL)),
    Excuse(
        "variable",
        "It needs the variable `{0}`, which is not set where grading runs.",
        re.compile(_VARIABLE, re.DOTALL),
    ),
)
