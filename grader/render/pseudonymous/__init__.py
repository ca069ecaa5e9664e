"""Pseudonyms in place of names: in a result, before anything is rendered from it, and in what is said beside it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from grader.late_names import late_names

if TYPE_CHECKING:
    from grader.render.pseudonymous.name_hider import NameHider, hidden
    from grader.render.pseudonymous.replacing import Pseudonyms
else:
    __getattr__ = late_names(
        __name__,
        {
            "grader.render.pseudonymous.name_hider": ["NameHider", "hidden"],
            "grader.render.pseudonymous.replacing": ["Pseudonyms"],
        },
    )

__all__ = ["NameHider", "Pseudonyms", "hidden", "hides"]


def hides(wanted: bool | None) -> bool:
    """Return whether names are to be hidden: as wanted, else in CI, which publishes what is written; every service sets `CI`."""
    if wanted is not None:
        return wanted
    return os.environ.get("CI", "").strip().lower() not in {"", "0", "false", "no"}
