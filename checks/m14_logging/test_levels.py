"""M14: a script that logs, run; then words that it cannot know go through its own configuration."""

import ast
import re

from grader.suite import StudentFault, check, evidence, shared

from ..common.python import import_folders
from ._common import CPU_S, WALL_S, logging_scripts, own_code
from ._configured import CONFIGURED, LEVELS
from ._tracker import WANDB

_VARIABLE = re.compile(r"[A-Z][A-Z_]*LEVEL")
_QUIET = ("DEBUG", "INFO")


def _word(rng):
    return "".join(rng.choice("abcdefghkmnprstuvw") for _ in range(14))


@shared
def logged(student, submission, rng):
    """One run of the script that logs, and where words of each level go then; a second with a threshold where it takes one."""
    paths = logging_scripts(submission)
    assert paths, "No script imports `loguru` or `logging` and does something when it is run."
    student.stub("wandb", WANDB)
    words = {level: _word(rng) for level in LEVELS}
    caught, raised = _word(rng), _word(rng)
    path = paths[0]

    def run(argv, variables):
        found = student.probe(
            CONFIGURED,
            argv=[path, *argv],
            folders=import_folders(path),
            variables=variables,
            words={level: word[::-1] for level, word in words.items()},
            caught=caught[::-1],
            raised=raised[::-1],
            cpu_s=CPU_S,
            timeout=WALL_S,
        )
        if not _is_readable(found):
            raise StudentFault("reply", f"What {path} logs cannot be read.")
        return found

    plain = run([], {})
    asked = _asked_for(submission, path)
    quiet = run(*asked) if asked and _shown(plain["console"], words) & {*_QUIET} else plain
    return {
        "script": path,
        "recorded": sorted({level for level, _ in plain["recorded"]}),
        "said": any(
            text and text in plain["script"]
            for level, text in plain["recorded"]
            if level in ("WARNING", "ERROR", "CRITICAL")
        ),
        "console": sorted(_shown(quiet["console"], words)),
        "files": {
            name: sorted(_shown(text, words))
            for name, text in plain["files"].items()
            if words["ERROR"] in text
        },
        "traced": sorted(
            name
            for name, text in plain["after"].items()
            if caught in text and "Traceback" in text and f"KeyError: '{raised}'" in text
        ),
        "rotating": plain["rotating"],
    }


def _is_readable(found):
    return (
        isinstance(found, dict)
        and all(_is_texts(found.get(name)) for name in ("files", "after"))
        and all(isinstance(found.get(name), str) for name in ("script", "console"))
        and isinstance(found.get("rotating"), list)
        and isinstance(found.get("recorded"), list)
        and all(
            isinstance(one, list) and len(one) == 2 and all(isinstance(text, str) for text in one)
            for one in found["recorded"]
        )
    )


def _is_texts(found):
    return isinstance(found, dict) and all(isinstance(one, str) for one in found.values())


def _shown(text, words):
    return {level for level, word in words.items() if word in text}


def _asked_for(submission, path):
    """The words and variables that ask the script for a threshold, where its own code knows one."""
    files = [file for file in own_code(submission) if file.imports_module("loguru", "logging")]
    variables = {
        node.value: "WARNING"
        for file in files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _VARIABLE.fullmatch(node.value)
        and any(call.name.endswith(("getenv", "get")) for call in file.calls())
    }
    for program in submission.programs():
        named = [one for one in program.options if one.startswith("--") and one.endswith("level")]
        if program.path == path and named:
            return [named[0], "WARNING"], variables
    return ([], variables) if variables else None


@check(
    "A script logs at five levels",
    points=2,
    scope="exercises",
    environment="required",
    hint="Run the script with a handler that shows everything, and look at the second column: which of the five names is not "
    "there? What `print` says has no level.",
)
def test_five_levels(submission, student, rng):
    found = logged(student, submission, rng)
    evidence(found["script"])
    lacking = [level for level in LEVELS if level not in found["recorded"]]
    assert not lacking, f"Run as it is, {found['script']} logs nothing at the level {', '.join(lacking)}."


@check(
    "The console hides what is below a warning",
    points=2,
    scope="exercises",
    environment="required",
    requires=["five_levels"],
    hint="A handler has a threshold of its own. loguru starts with one for everything: the new one comes beside it, unless you "
    "take that away first.",
)
def test_threshold(submission, student, rng):
    found = logged(student, submission, rng)
    too_much = [level for level in _QUIET if level in found["console"]]
    assert not too_much, (
        f"With the handlers of {found['script']}, messages at the level {' and '.join(too_much)} reach the console."
    )
    lost = [level for level in LEVELS if level not in (*_QUIET, *found["console"])]
    assert not lost, (
        f"With the handlers of {found['script']}, messages at the level {', '.join(lost)} do not reach the console."
    )
    assert found["said"], f"Run as it is, {found['script']} shows none of its own warnings and errors."


@check(
    "A file that the run writes has everything, and the traceback of an exception",
    points=3,
    scope="exercises",
    environment="required",
    requires=["five_levels"],
    hint="The file is a handler beside that of the console, with its own threshold. Log an exception inside of `except`, and "
    "look at the file: is the traceback there?",
)
def test_file_sink(submission, student, rng):
    found = logged(student, submission, rng)
    assert found["files"], (
        f"{found['script']} configures no handler that writes to a file: an error that is logged reaches none."
    )
    best = max(found["files"], key=lambda one: len(found["files"][one]))
    lacking = [level for level in LEVELS if level not in found["files"][best]]
    assert not lacking, f"Messages at the level {', '.join(lacking)} do not reach {best}."
    assert best in found["traced"], f"An exception that is logged has no traceback in {best}."


@check(
    "The log file does not grow for ever",
    points=1,
    scope="exercises",
    environment="required",
    requires=["file_sink"],
    hint="Handlers of files can begin a new one by size or by time: look for rotation in the documentation of your logger.",
)
def test_rotation(submission, student, rng):
    found = logged(student, submission, rng)
    kept = [path for path in found["files"] if path in found["rotating"]]
    assert kept, f"Nothing rotates {', '.join(found['files'])}."
