"""Excuses for a failed check: something that the students' code needs is missing where grading runs, through no fault of theirs.

It may be a package that could not be installed, a system library, or an operator of a package of which only the Python part
is installed; and, if a suite asks for it, a network or an account. Each comes with the reason, which the student reads.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from grader.suite.outcomes import NotApplicableOutcome, StudentFault

_NO_MODULE = re.compile(r"No module named '([\w.]+)'")
_NO_LIBRARY = re.compile(r"\b([\w.+-]{1,80}\.so(?:\.[\w.]{1,20})?): cannot open shared object file")
#: The message of `checks/environment/stand_ins.py` for an operator that it cannot replace.
_NO_OPERATOR = re.compile(r"The grader's environment has this package without [^\n.]{1,80}")
_NO_NETWORK = re.compile(
    r"ConnectionError|ConnectError|ConnectTimeout|URLError|HTTPError|MaxRetryError|gaierror|Name or service not known"
    r"|name resolution|No address associated with hostname|Connection refused|Network is unreachable"
    r"|no internet connection|[Cc]an(?:not|'t|not even) connect to|couldn't connect to|offline mode"
    r"|DefaultCredentialsError|CredentialsError|api_key not configured|(?:[Nn]o|[Mm]issing|[Ii]nvalid) API key"
    r"|API key.{0,40}(?:not|missing|required|must)"
    # If transformers finds no file of a tokenizer, it calls `stat` with None.
    r"|TypeError: stat: path should be string, bytes, os\.PathLike or integer, not NoneType"
    r"|OfflineModeIsEnabled|LocalEntryNotFoundError|wandb\.errors|CommError|No CUDA GPUs"
)

#: Packages whose modules have another name.
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


def excused(
    problem: BaseException | None, missing: Mapping[str, str], *, packages_only: bool = False
) -> BaseException | None:
    """Return `problem`, or a not-applicable outcome if a student's code failed for something that is missing.

    Args:
        problem: the exception that ended a check.
        missing: packages that the submission asks for and that could not be installed, and why.
        packages_only: see `reason`.
    """
    if not isinstance(problem, StudentFault) or problem.kind == "timeout":
        return problem
    said = " ".join([problem.message, *(item.text for item in problem.evidence)])
    why = reason(said, missing, packages_only=packages_only)
    return NotApplicableOutcome(why) if why else problem


def reason(
    text: str,
    missing: Mapping[str, str],
    *,
    companions: Collection[str] = (),
    own: Collection[str] = (),
    network: bool = False,
    packages_only: bool = False,
) -> str:
    """Return why a failure with `text` does not count against the students' code, or an empty string.

    Args:
        text: the text of the failure.
        missing: packages that could not be installed, and why.
        companions: see `reason_for`.
        own: top-level modules of the submission: their absence is never excused.
        network: whether a missing network or account is an excuse, too.
        packages_only: whether only `missing` excuses, as in exercises: their code may raise any text.
    """
    for found in _NO_MODULE.finditer(text):
        if found.group(1).partition(".")[0] not in own:
            package = reason_for(found.group(1), missing, companions)
            if package:
                return f"It needs {package}"
    if packages_only:
        return ""
    if library := _NO_LIBRARY.search(text):
        return f"It needs `{library.group(1)}`, a library of the system that is not there where grading runs."
    if operator := _NO_OPERATOR.search(text):
        return f"{operator.group(0)}."
    if network and _NO_NETWORK.search(text):
        return "It needs a network or an account."
    return ""


def reason_for(module: str, missing: Mapping[str, str], companions: Collection[str] = ()) -> str:
    """Return `package: why` for a module whose package could not be installed, or an empty string.

    Args:
        module: dotted, as the import names it.
        missing: packages that could not be installed, and why.
        companions: those of `missing` that may depend on other packages: a module that no missing package provides may be such
            a dependency. The dependencies of a package that cannot be installed are unknown.
    """
    top = module.partition(".")[0].lower()
    for package, why in missing.items():
        if top in _modules_of(package):
            return f"{package}, which could not be installed: {why}"
    for package in companions:
        return f"{module}, which may come with {package}; that could not be installed: {missing[package]}"
    return ""


def _modules_of(package: str) -> set[str]:
    """Return the top-level modules that a package may provide, in lower case: `google-cloud-storage` has a part of `google`."""
    name = _MODULES.get(package, package.replace("-", "_")).lower()
    return {name, name.partition("_")[0]} if name.startswith(("google_", "azure_")) else {name}
