"""A shell command that a repository runs itself, and how texts and lists of words become such commands."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.repository.commands.installs import installs
from grader.repository.faults import Evidence, evidence
from grader.repository.formats.command_words import in_container, plain_words
from grader.repository.formats.shell import statements


@dataclass(frozen=True)
class ShellCommand:
    """A command: `words` as written, `plain` without `sudo`, `uv run`, `python -m` and their like.

    `source` is what runs it: workflow, dockerfile, cloudbuild, compose, job (Vertex AI), script, makefile, justfile, task
    (invoke, nox), python (subprocess), hook (pre-commit) or pyproject (tasks in pyproject.toml and files like it). `folder`
    is where it runs, as far as it is known; `forgiven`: its failure is hidden (`… || true`); `given`: the variables that its
    script sets for it.
    """

    words: tuple[str, ...]
    source: str
    path: str
    line: int | None
    folder: str = ""
    forgiven: bool = False
    given: tuple[tuple[str, str], ...] = ()

    @property
    def plain(self) -> tuple[str, ...]:
        """The words of the command without its wrappers."""
        return plain_words(self.words)

    @property
    def text(self) -> str:
        """The command on one line."""
        return " ".join(self.words)[:500]

    @property
    def evidence(self) -> Evidence:
        """The place of the command."""
        return evidence(self.path, self.line, self.text)

    @property
    def installs(self) -> tuple[str, ...]:
        """The requirements that `pip install` or `uv pip install` names on the command line: no options, no values of options."""
        return installs(self.plain)

    def runs(self, *programs: str) -> bool:
        """Return whether it runs one of the programs: `"pytest"`, or with leading words, `"dvc pull"`.

        Options between the words are skipped, but not the values of options: `gcloud run --quiet deploy` is
        `gcloud run deploy`; `gcloud --project x run deploy` is not.

        Example:
            tests = [command for command in submission.commands if command.runs("pytest", "tox")]
        """
        for plain in self.inner():
            bare = [word for word in plain[:12] if not word.startswith("-")]
            for program in programs:
                wanted = program.split()
                if list(plain[: len(wanted)]) == wanted or (
                    len(wanted) > 1 and bare[: len(wanted)] == wanted
                ):
                    return True
        return False

    def inner(self) -> list[tuple[str, ...]]:
        """Return the command and those that it starts in the same words: `coverage run -m pytest` also runs pytest."""
        plain = self.plain
        if plain[:2] == ("coverage", "run") and "-m" in plain:
            return [plain, plain[plain.index("-m") + 1 :]]
        contained = in_container(plain)
        return [plain, plain_words(contained[1])] if contained and contained[1] else [plain]


def parsed(
    text: str,
    source: str,
    path: str,
    first: int | None,
    *,
    variables: Mapping[str, str] | None = None,
    folder: str = "",
    pipefail: bool = False,
) -> Iterator[ShellCommand]:
    """Yield the commands of a text whose first line is line `first` of the file; without one they have no lines."""
    for one in statements(text, variables, pipefail=pipefail):
        line = None if first is None else first + one.line - 1
        where = posixpath.normpath(posixpath.join(folder, one.folder)) if folder or one.folder else ""
        here = "" if where == "." else where
        yield ShellCommand(one.words, source, path, line, here, one.forgiven, one.given)


def either(value: Any, source: str, path: str, line: int | None) -> Iterator[ShellCommand]:
    """Yield a command that is given as a text or as a list of words."""
    if isinstance(value, str):
        for one in parsed(value, source, path, None):
            yield ShellCommand(one.words, source, path, line, given=one.given)
    elif isinstance(value, list | tuple) and value:
        words = tuple(str(item) for item in value[:100] if isinstance(item, str | int | float))
        if len(words) > 2 and words[1] in ("-c", "-lc", "-ec") and not words[0].startswith("python"):
            yield from parsed(words[2], source, path, line or 1)
        elif words:
            yield ShellCommand(words, source, path, line)
