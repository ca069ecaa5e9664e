"""TOML and JSON as data, with the line of what is wrong."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

from grader.suite.faults import SubmissionFault, evidence

#: tomllib needs quadratic time for a key of very many parts.
MAX_KEY_PARTS = 100
_DOTTED = re.compile(r"""(?<![\w"'-])[\w"'-]++(?:[ \t]*+\.[ \t]*+[\w"'-]++){100,}+""")
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_JSON_PART = re.compile(r'"(?:[^"\\\n]|\\.)*+"?|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?', re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:[^"\\\n]|\\.)*+"?)|,(\s*+[}\]])')


def toml_data(text: str, path: str) -> dict[str, Any]:
    """The data of a TOML text; raises SubmissionFault, with the line where the parser names it."""
    long = _DOTTED.search(text)
    if long:
        line = text.count("\n", 0, long.start()) + 1
        message = f"{path}, line {line}: a key of more than {MAX_KEY_PARTS} parts."
        raise SubmissionFault(message, evidence(path, line))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        found = _TOML_LINE.search(str(problem))
        what = _TOML_LINE.sub("", str(problem)).strip()
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise SubmissionFault(f"{path}, line {line}: not valid TOML: {what}.", evidence(path, line)) from None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        raise SubmissionFault(
            f"{path} is not usable TOML: nested too deep, or a number too long.", evidence(path)
        ) from None


def json_data(text: str, path: str, *, comments: bool = False) -> Any:
    """The data of a JSON text; with `comments`, `//`, `/* */` and trailing commas are allowed.

    Raises:
        SubmissionFault: malformed (with the line), nested too deep, or a number too long.
    """
    if comments:
        text = _TRAILING_COMMA.sub(lambda m: m.group(1) or m.group(2), _JSON_PART.sub(_without_comment, text))
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        raise SubmissionFault(
            f"{path}, line {problem.lineno}: not valid JSON: {problem.msg}.", evidence(path, problem.lineno)
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise SubmissionFault(
            f"{path} is not usable JSON: nested too deep, or a number too long.", evidence(path)
        ) from None


def _without_comment(match: re.Match[str]) -> str:
    part = match.group()
    return part if part.startswith('"') else "\n" * part.count("\n")
