"""The only parser of TOML and JSON, on the host and in the sandbox: it parses in linear time, or refuses the text.

No other module may import `tomllib` or call `json.loads` (a test checks it). `structured` raises the errors as faults of a
submission; YAML's parser is `yaml_data`.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from typing import Any

from grader.parsing.toml_cost import TomlTooCostly, check_toml_cost

_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")
#: Maximum length of the parser's own message, which may repeat a key of any length.
_MAX_REASON = 200


class DataError(ValueError):
    """A text that is not valid data; `line` is 1-based, or None if the parser does not report it."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.reason, self.line = reason, line


def parse_toml(text: str) -> dict[str, Any]:
    """Parse a TOML text.

    Raises:
        DataError: malformed, or parsing it would take more than linear time.
    """
    try:
        check_toml_cost(text)
        return tomllib.loads(text)
    except TomlTooCostly as problem:
        raise DataError(problem.reason, text.count("\n", 0, problem.at) + 1) from None
    except tomllib.TOMLDecodeError as problem:
        found = _TOML_LINE.search(str(problem))
        what = _TOML_LINE.sub("", str(problem)).strip()[:_MAX_REASON]
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise DataError(f"not valid TOML: {what}", line) from None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        raise DataError("not usable TOML: nested too deep, or a number too long") from None


def parse_json(
    text: str | bytes,
    *,
    pairs: Callable[[list[tuple[str, Any]]], Any] | None = None,
    constant: Callable[[str], Any] | None = None,
    number: Callable[[str], Any] | None = None,
) -> Any:
    """Parse a JSON text, by default as `json.loads` does.

    Args:
        text: the text, or its bytes in one of Unicode's encodings.
        pairs: makes an object of its pairs.
        constant: reads NaN and the infinities.
        number: reads a number with a fraction or an exponent.

    Raises:
        DataError: malformed, nested too deep, or a number too long.
    """
    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant, parse_float=number)
    except json.JSONDecodeError as problem:
        raise DataError(f"not valid JSON: {problem.msg}", problem.lineno) from None
    except UnicodeDecodeError:
        raise DataError("not valid JSON: it is not Unicode") from None
    except (RecursionError, MemoryError):
        raise DataError("not usable JSON: nested too deep") from None
    except ValueError as problem:
        if pairs or constant or number:
            raise  # what the caller's own hooks refuse
        raise DataError("not usable JSON: a number too long") from problem
