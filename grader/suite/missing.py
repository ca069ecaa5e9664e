"""A package that the grader could not install excuses the check that stumbled over it: not applicable, with the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping

from grader.suite.outcomes import NotApplicableOutcome, StudentFault

_NO_MODULE = re.compile(r"No module named '([\w.]+)'")

#: Packages whose modules are called otherwise.
_MODULES = {
    "opencv-python": "cv2",
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "python-dotenv": "dotenv",
    "pyyaml": "yaml",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
}


def excused(problem: BaseException | None, missing: Mapping[str, str]) -> BaseException | None:
    """`problem`, or that the check does not apply where a student's import failed for a package in `missing`.

    Args:
        problem: what a check ended with.
        missing: packages that the submission asks for and that could not be installed, and why.
    """
    if not isinstance(problem, StudentFault) or problem.kind == "timeout":
        return problem
    said = " ".join([problem.message, *(item.text for item in problem.evidence)])
    for found in _NO_MODULE.finditer(said):
        reason = reason_for(found.group(1), missing)
        if reason:
            return NotApplicableOutcome(f"It needs {reason}")
    return problem


def reason_for(module: str, missing: Mapping[str, str]) -> str:
    """`package: why` for a module whose package could not be installed, or nothing."""
    top = module.partition(".")[0]
    for package, why in missing.items():
        if _MODULES.get(package, package.replace("-", "_")).lower() == top.lower():
            return f"{package}, which could not be installed: {why}"
    return ""
