"""How a project's continuous integration runs its tests: the folder, the words of pytest, the paths and the variables.

Where several commands run tests, only what they have in common counts: a test that one leaves out may be run by another.
"""

import re
from dataclasses import dataclass, field

from grader.suite import SubmissionFault

_PROGRAMS = ("pytest", "py.test", "pytest-3")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w{0,60})=(.{0,500})", re.DOTALL)
_OF_TOX = re.compile(
    r"^[ \t]{0,8}set_?env[ \t]{0,8}=[ \t]{0,8}((?:[^\n]{0,300}\n?)(?:[ \t]+[^\n]{1,300}\n?){0,30})",
    re.MULTILINE,
)
_PAIR = re.compile(
    r"^[ \t]{0,20}([A-Za-z_]\w{0,60})[ \t]{0,8}=[ \t]{0,8}([^\n]{0,500}?)[ \t]{0,20}$", re.MULTILINE
)
#: Runs that are compared, and variables that are set.
MAX_RUNS, MAX_VARIABLES = 50, 40
#: The root of the repository, as steps and scripts write it.
_ROOT = re.compile(
    r"\$\{\{\s{0,5}github\.workspace\s{0,5}\}\}|\$\{?(?:GITHUB_WORKSPACE|PWD)\}?|\$\(pwd\)|\{toxinidir\}|\{tox_root\}"
)
#: What would change the interpreter or its packages, not the code under test.
_NOT_SET = re.compile(
    r"(?:LD_|PYTHON(?!PATH|HASHSEED|UTF8|IOENCODING)|PYTEST_(?:ADDOPTS|PLUGINS)|COV|GRADER|PATH$|HOME$)"
)


@dataclass(frozen=True)
class Way:
    """One way to run tests; `paths` are relative to `folder`, none for all tests."""

    folder: str = ""
    words: tuple = ()
    paths: tuple = ()
    variables: tuple = field(default=())


def ci_way(submission):
    """The way in which CI runs the tests of a project; None where no workflow runs pytest, and in exercises."""
    if submission.profile != "project":
        return None
    ways = list(dict.fromkeys(filter(None, map(_way, [submission] * MAX_RUNS, submission.ci_test_runs()))))
    if not ways:
        return None
    folders = {way.folder for way in ways}
    if len(folders) > 1:
        return None
    first, others = ways[0], ways[1:]
    words = first.words if all(way.words == first.words for way in others) else ()
    paths = first.paths and tuple(dict.fromkeys(path for way in ways for path in way.paths))
    if not all(way.paths for way in ways):
        paths = ()
    values = {}
    for way in ways:
        for name, value in way.variables:
            values.setdefault(name, set()).add(value)
    agreed = tuple((name, found.pop()) for name, found in values.items() if len(found) == 1)
    return Way(first.folder, words, paths, agreed[:MAX_VARIABLES])


def _way(submission, found):
    command = found.command
    arguments = next((plain[1:] for plain in command.inner() if plain and plain[0] in _PROGRAMS), None)
    if arguments is None:
        return None
    paths = tuple(one for one in found.named if _is_there(submission, found.folder, one))
    return Way(
        found.folder,
        tuple(one for one in arguments if one not in found.named)[:200],
        paths if _names_paths(arguments, found.named) else (),
        tuple(_variables(submission, found).items()),
    )


def _names_paths(arguments, named):
    """Whether the command itself names the paths, not the settings of pytest."""
    plain = {one.partition("::")[0].replace("\\", "/") for one in arguments}
    return bool(named) and set(named) <= plain


def _is_there(submission, folder, path):
    """Whether a path that a command names, from its folder, is there."""
    whole = "/".join(part for part in (folder, path.removeprefix("./").rstrip("/")) if part not in ("", "."))
    return not whole or submission.exists(whole) or bool(submission.files(f"{whole}/**/*.py"))


def _variables(submission, found):
    run, command = found.run, found.command
    given = {}
    for owner in (run.workflow, run.job, run.step) if run else ():
        given.update(getattr(owner, "env", None) or {})
    if command.path.endswith("tox.ini"):
        try:
            text = submission.text(command.path)[:50_000]
        except SubmissionFault:
            text = ""
        for lines in _OF_TOX.findall(text):
            given.update(_PAIR.findall(lines))
    given.update(command.given)
    for word in command.words[1:] if command.words[:1] == ("env",) else ():
        match = _ASSIGNMENT.fullmatch(word)
        if not match:
            break
        given[match[1]] = match[2]
    filled = {str(name): _ROOT.sub("@root@", str(value)) for name, value in given.items()}
    return {
        name: value
        for name, value in filled.items()
        if "$" not in value and "{" not in value and not _NOT_SET.match(name)
    }
