"""What excuses a check: what the students' code needs and has not where grading runs, through no fault of theirs.

A package that could not be installed, a library of the system, an operator of a package of which only the Python part is
here; and, where a suite asks for it, a network or an account. Each with the reason, which the student reads.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from grader.suite.outcomes import NotApplicableOutcome, StudentFault

_NO_MODULE = re.compile(r"No module named '([\w.]+)'")
_NO_LIBRARY = re.compile(r"\b([\w.+-]{1,80}\.so(?:\.[\w.]{1,20})?): cannot open shared object file")
#: `checks/environment/stand_ins.py` says this of what it cannot stand in for.
_NO_OPERATOR = re.compile(r"The grader's environment has this package without [^\n.]{1,80}")
_NO_NETWORK = re.compile(
    r"ConnectionError|ConnectError|ConnectTimeout|URLError|HTTPError|MaxRetryError|gaierror|Name or service not known"
    r"|name resolution|No address associated with hostname|Connection refused|Network is unreachable"
    r"|no internet connection|[Cc]an(?:not|'t|not even) connect to|couldn't connect to|offline mode"
    r"|DefaultCredentialsError|CredentialsError|api_key not configured|(?:[Nn]o|[Mm]issing|[Ii]nvalid) API key"
    r"|API key.{0,40}(?:not|missing|required|must)"
    # Where transformers finds no file of a tokenizer it asks for the state of none.
    r"|TypeError: stat: path should be string, bytes, os\.PathLike or integer, not NoneType"
    r"|OfflineModeIsEnabled|LocalEntryNotFoundError|wandb\.errors|CommError|No CUDA GPUs"
)

#: Packages whose modules are called otherwise.
_MODULES = {
    "opencv-python": "cv2",
    "opencv-python-headless": "cv2",
    "opencv-contrib-python": "cv2",
    "pillow": "PIL",
    "python-dotenv": "dotenv",
    "python-multipart": "multipart",
    "pytorch-lightning": "pytorch_lightning",
    "pyyaml": "yaml",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
    "beautifulsoup4": "bs4",
    "hydra-core": "hydra",
    "faiss-cpu": "faiss",
    "faiss-gpu": "faiss",
}


def excused(problem: BaseException | None, missing: Mapping[str, str]) -> BaseException | None:
    """`problem`, or that the check does not apply where a student's code stumbled over what is missing.

    Args:
        problem: what a check ended with.
        missing: packages that the submission asks for and that could not be installed, and why.
    """
    if not isinstance(problem, StudentFault) or problem.kind == "timeout":
        return problem
    said = " ".join([problem.message, *(item.text for item in problem.evidence)])
    why = reason(said, missing)
    return NotApplicableOutcome(why) if why else problem


def reason(
    text: str,
    missing: Mapping[str, str],
    *,
    companions: Collection[str] = (),
    own: Collection[str] = (),
    network: bool = False,
) -> str:
    """Why what failed with `text` says nothing of the students' code; nothing where it does.

    Args:
        text: what the failure said.
        missing: packages that could not be installed, and why.
        companions: see `reason_for`.
        own: top-level modules of the submission: nothing excuses that these cannot be imported.
        network: whether the want of a network or an account is a reason too.
    """
    for found in _NO_MODULE.finditer(text):
        if found.group(1).partition(".")[0] not in own:
            package = reason_for(found.group(1), missing, companions)
            if package:
                return f"It needs {package}"
    if library := _NO_LIBRARY.search(text):
        return f"It needs `{library.group(1)}`, a library of the system that is not there where grading runs."
    if operator := _NO_OPERATOR.search(text):
        return f"{operator.group(0)}."
    if network and _NO_NETWORK.search(text):
        return "It needs a network or an account."
    return ""


def reason_for(module: str, missing: Mapping[str, str], companions: Collection[str] = ()) -> str:
    """`package: why` for a module whose package could not be installed, or nothing.

    Args:
        module: dotted, as the import names it.
        missing: packages that could not be installed, and why.
        companions: those of them that other packages may come with: a module that no missing package provides may be one of
            those. Nobody knows what a package needs that cannot be had.
    """
    top = module.partition(".")[0].lower()
    for package, why in missing.items():
        if top in _modules_of(package):
            return f"{package}, which could not be installed: {why}"
    for package in companions:
        return f"{module}, which may come with {package}; that could not be installed: {missing[package]}"
    return ""


def _modules_of(package: str) -> set[str]:
    """Top-level modules that a package may provide, in lower case: `google-cloud-storage` has a part of `google`."""
    name = _MODULES.get(package, package.replace("-", "_")).lower()
    return {name, name.partition("_")[0]} if name.startswith(("google_", "azure_")) else {name}
