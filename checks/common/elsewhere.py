"""What belongs to a repository and is not in a plain clone of it: files that Git LFS keeps, and submodules."""

import re

from grader.suite import SubmissionFault

from .python import own_names

_POINTER = b"version https://git-lfs.github.com/spec/"
_POINTER_BYTES = 1024
_PATH = re.compile(r"^[ \t]*path[ \t]*=[ \t]*([^\n]{1,300})$", re.MULTILINE)
#: What a failure says where a module or a file is not there.
_NOT_THERE = re.compile(r"No module named|cannot import name|No such file or directory|FileNotFoundError")
_IMPORTS = re.compile(r"\s*(?:from|import)\s+(\w+)")
#: Files that may be pointers.
MAX_FILES = 3_000


def elsewhere(submission, said, *texts):
    """Why a failure may come of what a plain clone lacks: by what it says, and what the code concerned names; else nothing."""
    whole = "\n".join(texts)
    for path in _submodules(submission):
        if _NOT_THERE.search(said) and (_names(said, path) or _names(whole, path)):
            return f"It needs `{path}`, a submodule, whose content is in another repository."
    for path in pointers(submission):
        name = path.rpartition("/")[2]
        if "git-lfs.github.com" in said or name in whole or name in said:
            return (
                f"It needs `{path}`, of which Git LFS keeps the content: the repository has a pointer only."
            )
    return ""


def broken_library(submission, said, line):
    """The library whose own code fails as it is imported; nothing where the students' code fails, or asks for what is not there.

    Args:
        said: the words of the failure.
        line: the innermost line of the students' code.
    """
    found = _IMPORTS.match(line)
    if not found or "No module named" in said or "cannot import name" in said or "SyntaxError" in said:
        return ""
    return "" if found[1] in own_names(submission) else found[1]


def _names(text, path):
    return path in text or re.search(rf"\b{re.escape(path.replace('/', '.'))}\b", text) is not None


def _text(submission, path):
    try:
        return submission.text(path) if submission.exists(path) else ""
    except SubmissionFault:
        return ""


def _submodules(submission):
    return [path.strip() for path in _PATH.findall(_text(submission, ".gitmodules")[:50_000])][:100]


def pointers(submission):
    """The files of which only Git LFS's pointer is there."""
    attributes = [".gitattributes", *submission.files("**/.gitattributes")[:50]]
    if not any("filter=lfs" in _text(submission, path) for path in attributes):
        return []
    found = []
    for path in sorted(submission.all_files)[:MAX_FILES]:
        if path.endswith((".py", ".md", ".toml")):
            continue
        try:
            data = submission.bytes(path)
        except SubmissionFault:
            continue
        if len(data) < _POINTER_BYTES and data.startswith(_POINTER):
            found.append(path)
    return found
