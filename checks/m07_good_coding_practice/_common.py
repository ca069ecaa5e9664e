"""M7: where the code of the exercise lies, and which files belong to it."""

import io
import re
import tokenize

from ..common.python import FINDABLE, own

#: The functions and classes of the exercise, and those of the course's own file.
POINTS = ("distance", "centre", "nearest", "slope", "moved", "Path")
NETWORK = ("Network", "validation", "train")
#: Comments that tell a tool to look away.
_AWAY = re.compile(r"#\s*(?:type\s*:|mypy\s*:|pyright\s*:|ty\s*:|ruff\s*:|flake8\s*:|noqa)", re.IGNORECASE)
_FORMATTER_OFF = re.compile(r"#\s*(?:fmt|yapf|ruff)\s*:\s*(?:off|skip|disable)", re.IGNORECASE)


def _own(submission):
    return [file for file in own(submission, submission.python_files()) if not FINDABLE.search(file.path)]


def _defined(file):
    """What a file defines at its top."""
    return {getattr(node, "name", "") for node in file.tree.body}


def exercise_files(submission):
    """The files that define all of the exercise, best first."""
    found = []
    for names in (POINTS, NETWORK):
        found += [file for file in _own(submission) if _defined(file).issuperset(names)]
    return found


def main_file(submission):
    found = exercise_files(submission)
    assert found, f"No file defines all of {', '.join(POINTS)}, or of {', '.join(NETWORK)}."
    return found[0]


def is_points(file):
    return _defined(file).issuperset(POINTS)


def files_of(submission):
    """The file of the exercise, and those beside it that it imports in turn."""
    first = main_file(submission)
    folder = first.path.rpartition("/")[0]
    beside = {file.name: file for file in _own(submission) if file.path.rpartition("/")[0] == folder}
    found, left = {}, [first]
    while left:
        file = left.pop()
        if file.path not in found:
            found[file.path] = file
            words = {part for name in file.imports for part in name.split(".")}
            left += [other for name, other in beside.items() if name in words]
    return list(found.values())


def comments(text):
    """The comments of a program, with their places: `(line, column, text)`."""
    return [
        (*one.start, one.string)
        for one in tokenize.generate_tokens(io.StringIO(text).readline)
        if one.type == tokenize.COMMENT
    ]


def watched_text(text):
    """A program without the comments that tell a tool to look away."""
    lines = text.splitlines()
    for line, column, comment in comments(text):
        if _AWAY.search(comment):
            lines[line - 1] = lines[line - 1][:column].rstrip()
    return "\n".join(lines) + "\n"


def formatter_off(text):
    """The line of a comment that switches a formatter off; None if there is none."""
    return next((line for line, _, comment in comments(text) if _FORMATTER_OFF.search(comment)), None)
