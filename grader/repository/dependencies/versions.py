"""The version languages of package managers in terms of PEP 440: alternatives, each a set of bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet

#: What stands between version and build of a conda specification: `2.1=py311h0`, `==2.1=py_0`, `2.1.* *cuda*`.
_WITH_BUILD = re.compile(
    r"([=!<>~]{0,2}\s*[^=<>!~\s]+(?:[<>!~]=?[^=<>!~\s]+)*)(?<![|,])(?:=|\s+)(?![=<>!~|,])[^=<>!~|,\s]+"
)
_CARET = re.compile(r"(\^|~)\s*(\d+(?:\.\d+)*)(.*)")
#: Where one bound of Poetry ends and the next begins without a comma: `>=1.2 <2`.
_NEXT_BOUND = re.compile(r"(?<=[\w*])\s+(?=[<>=!~^])")


def choices(specifier: str, dialect: str = "") -> list[SpecifierSet] | None:
    """Return the alternatives of a specifier in the form of PEP 440; None if it has no such form.

    Args:
        specifier: as written.
        dialect: `""` (PEP 440), `"poetry"` or `"conda"`.
    """
    try:
        if not dialect:
            return [SpecifierSet(specifier)]
        read = _poetry if dialect == "poetry" else _conda
        return [SpecifierSet(",".join(bounds)) for bounds in read(specifier.strip())]
    except InvalidSpecifier:
        return None


def _poetry(version: str) -> Iterator[list[str]]:
    """Yield the bounds of each alternative of a constraint of Poetry: `^1.2`, `~1.2`, `1.*`, `>=1 <2 || >=3`."""
    for choice in version.split("||" if "||" in version else "|"):
        bounds = []
        for part in _NEXT_BOUND.sub(",", choice.strip()).split(","):
            part = part.strip()
            match = _CARET.fullmatch(part)
            if match:
                bounds += _up_to_next(*match.groups())
            elif re.match(r"=?\s*\d", part):
                bounds.append(f"=={part.lstrip('= ')}")
            elif part != "*":
                bounds.append(part)
        yield bounds


def _up_to_next(sign: str, version: str, rest: str) -> list[str]:
    """Return the bounds of a caret (up to the next version that may break) or of a tilde (up to the next minor one)."""
    numbers = [int(number[:9]) for number in version.split(".")]
    last = len(numbers) - 1
    kept = next((i for i, n in enumerate(numbers) if n), last) if sign == "^" else min(1, last)
    upper = ".".join(map(str, [*numbers[:kept], numbers[kept] + 1]))
    return [f">={version}{rest}", f"<{upper}"]


def _conda(version: str) -> Iterator[list[str]]:
    """Yield the bounds of each alternative of a conda version: `=2.1` (2.1.*), `2.1`, `==2.1=build`, `>=2,<3|4.*`."""
    built = _WITH_BUILD.fullmatch(version)
    # With a build beside it a version is exact, even behind a single `=`.
    exact = built is not None and version.startswith("=") and not version.startswith("==")
    text = built[1] if built else version
    text = f"={text.lstrip('= ')}" if exact and "*" in text else f"=={text.lstrip('= ')}" if exact else text
    for choice in text.split("|"):
        yield [bound for part in choice.split(",") for bound in _conda_bound(part.strip())]


def _conda_bound(part: str) -> list[str]:
    if part.strip("= ") in ("", "*"):
        return []
    found = re.fullmatch(r"(==|=|!=|)\s*([^=<>!~\s]+)", part)
    if not found:
        return [part]
    sign, number = found[1], found[2]
    if number.endswith("*"):
        number = f"{number.rstrip('.*')}.*"
    elif sign == "=":
        number = f"{number}.*"
    return [f"{'!=' if sign == '!=' else '=='}{number}"]
