"""TOML, JSON and INI of a submission as data; faults have the line of the error."""

from __future__ import annotations

import configparser
import re
from typing import Any

from grader.parsing.plain_data import DataError, parse_json, parse_toml
from grader.repository.faults import SubmissionFault, evidence

_JSON_PART = re.compile(r'"(?:[^"\\\n]|\\.)*+"?|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?', re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:[^"\\\n]|\\.)*+"?)|,(\s*+[}\]])')


def toml_data(text: str, path: str) -> dict[str, Any]:
    """Return the data of a TOML file of a submission; raise SubmissionFault, with the line if it is known."""
    try:
        return parse_toml(text)
    except DataError as problem:
        raise _fault(path, problem) from None


def json_data(text: str, path: str, *, comments: bool = False) -> Any:
    """Return the data of a JSON file of a submission; with `comments`, `//`, `/* */` and trailing commas are allowed.

    Raises:
        SubmissionFault: malformed (with the line), nested too deep, or a number too long.
    """
    if comments:
        text = _TRAILING_COMMA.sub(lambda m: m.group(1) or m.group(2), _JSON_PART.sub(_without_comment, text))
    try:
        return parse_json(text)
    except DataError as problem:
        raise _fault(path, problem) from None


def ini_data(text: str) -> configparser.RawConfigParser | None:
    """Return the sections of an INI file of a submission as tools read them; None if it is malformed."""
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return parser


def _fault(path: str, problem: DataError) -> SubmissionFault:
    if problem.line is None:
        return SubmissionFault(f"{path} is {problem.reason}.", evidence(path))
    return SubmissionFault(f"{path}, line {problem.line}: {problem.reason}.", evidence(path, problem.line))


def _without_comment(match: re.Match[str]) -> str:
    part = match.group()
    return part if part.startswith('"') else "\n" * part.count("\n")
