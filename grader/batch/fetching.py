"""How the sources of a class are fetched: from where, until when, with which token, and with what patience."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from grader.errors import UsageError
from grader.forge import Access, pushed_until
from grader.settings import BatchLimits, SubmissionLimits
from grader.submission import Submission, fetch
from grader.submission.clone import Patience
from grader.submission.revisions.deadline import PushedTip

#: The variable that holds the token, where none is named.
VARIABLE = "GRADER_GIT_TOKEN"
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Fetching:
    """How sources are fetched; it can be pickled, and holds no token: `token_env` names the variable that does.

    Attributes:
        deadline: the last commit of the default branch at or before it is graded.
        cache: the folder that keeps clones; none are kept by default.
        token_env: the environment variable with the token for private repositories.
        patience_s: seconds that a forge that limits requests is waited for, in all for a submission.
    """

    deadline: datetime | None = None
    cache: Path | None = None
    token_env: str = VARIABLE
    patience_s: float = field(default=BatchLimits().patience_s)

    def __call__(
        self,
        source: str,
        into: Path,
        *,
        commit: str | None = None,
        forge: Access | None = None,
        say: Callable[[str], None] = lambda line: None,
    ) -> Submission:
        """Fetch one source; `forge` is asked when the default branch was pushed, where there is a deadline.

        A `commit` that is named is fetched whatever the deadline is.

        Raises:
            SourceError: the source is no repository, or has no commit in time.
            GradingError: the network, the forge or the disk failed.
        """

        def pushed(branch: str) -> PushedTip | None:
            if forge is None or self.deadline is None:
                return None
            found = pushed_until(forge, source, branch, self.deadline)
            return PushedTip(sha=found.sha, at=found.at) if found else None

        return fetch(
            source,
            into=into,
            limits=SubmissionLimits(),
            commit=commit,
            deadline=None if commit else self.deadline,
            pushed=pushed,
            token=os.environ.get(self.token_env) or None,
            cache=self.cache,
            patience=Patience(seconds=self.patience_s, say=say),
        )


def token_variable(name: str) -> str:
    """Return the name of the variable with the token, if that is what it is.

    Raises:
        UsageError: it is no name of a variable, or nothing is in it.
    """
    if not name:
        return VARIABLE
    if not _VARIABLE.fullmatch(name):
        # Maybe the token itself: it is not repeated.
        raise UsageError(
            "--token-env wants the name of an environment variable, in capitals.",
            f"Put the token into a variable ({VARIABLE}), and give its name.",
        )
    if not os.environ.get(name):
        raise UsageError(f"The environment variable {name} holds no token.", f"Set it: export {name}=…")
    return name
