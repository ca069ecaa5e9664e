"""One declared dependency: its requirement, and whether a new installation gets the same version."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import Specifier, SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion

from grader.repository.dependencies.versions import choices

#: What `packaging` raises for a text that is no requirement; some releases let out what they meet inside.
MALFORMED = (InvalidRequirement, SyntaxError, RecursionError)
#: Maximum number of characters read of one requirement.
MAX_TEXT = 1000
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*)")
_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*([^;@#]*)")
_NAMED_ADDRESS = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s{0,50}(?:\[[^\]]*\])?\s{0,50}@\s{0,50}(\S.*)"
)
_VCS = re.compile(r"(?:git|hg|svn|bzr)\+|git@")
_COMMIT = re.compile(r"@(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40})(?=$|[#?&\s])")
_ARCHIVE = re.compile(r"/(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40})(?:\.zip|\.tar\.gz|\.tgz)?(?=$|[#?&\s])")
_HASH = re.compile(r"[#&](?:md5|sha1|sha224|sha256|sha384|sha512)=[0-9a-fA-F]{32,}")
_ONE_COMPUTER = re.compile(r"file:|[A-Za-z]:[\\/]|[/~\\]")
_USER = re.compile(r"//[^/@\s]*@")
_WORDS = {
    "==": "exactly",
    "===": "exactly",
    "~=": "compatible with",
    ">=": "at least",
    ">": "above",
    "<=": "at most",
    "<": "below",
    "!=": "any but",
}
#: What gives a range an end.
_ENDS = ("==", "===", "~=", "<", "<=")


@dataclass(frozen=True)
class Dependency:
    """A declared dependency: normalised name, version specifier as written, place, and group (`""`: always).

    `name` is empty for an address without one. `url` is set if it does not come from an index: a path, a
    URL, a repository. `dialect` tells how to read the specifier: `""` (PEP 440), `"poetry"`, `"conda"`.
    `held` is set if the address is a path of the repository itself. `extra` tells that the group is an extra of
    the package; `text` is the text as written if that is a requirement by PEP 508 (or was meant as one).
    """

    name: str
    specifier: str
    path: str
    line: int | None
    group: str = ""
    url: str = ""
    marker: str = ""
    dialect: str = ""
    editable: bool = False
    constraint: bool = False
    held: bool = False
    extras: tuple[str, ...] = ()
    extra: bool = False
    text: str = ""

    @property
    def choices(self) -> list[SpecifierSet] | None:
        """The alternatives of the specifier by PEP 440; None if it has no such form."""
        return choices(self.specifier, self.dialect)

    def allows(self, version: str) -> bool:
        """Return whether a version satisfies the specifier; True if unknown."""
        found = self.choices
        try:
            return found is None or any(bounds.contains(version, prereleases=True) for bounds in found)
        except InvalidVersion:
            return True

    @property
    def requirement(self) -> str:
        """The requirement by PEP 508, without the address: as written, else composed from the parts. It may be malformed."""
        if self.text:
            return self.text
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        # An index has no words for alternatives: the last one is the newest where people write them in order.
        bounds = str(self.choices[-1]) if self.dialect and self.choices else self.specifier
        return f"{self.name}{extras}{bounds}{f' ; {self.marker}' if self.marker else ''}"

    @property
    def fixed(self) -> bool:
        """Whether it names one version or has an upper bound; for an address, whether it is immutable."""
        if not self.url:
            found = self.choices
            if found is None:
                return bool(re.search(r"==|~=|<|\^|~|^\s*=?\d", self.specifier))
            return all(any(one.operator in _ENDS for one in bounds) for bounds in found)
        if _VCS.match(self.url):
            return bool(_COMMIT.search(self.url))
        if re.match(r"https?:", self.url):
            return bool(_HASH.search(self.url) or _ARCHIVE.search(self.url) or wheel(self.url))
        return self.held and bool(wheel(self.url))

    @property
    def remote(self) -> bool:
        """Whether it comes from a repository or an address on the network."""
        return bool(_VCS.match(self.url) or re.match(r"https?:", self.url))

    @property
    def said(self) -> str:
        """The requirement in words: `typer>=0.15: at least 0.15`."""
        if not self.url:
            bounds = "" if self.specifier == "*" else self.specifier
            return f"{self.name}{bounds}: {self._bounds_in_words()}"
        if _VCS.match(self.url):
            what = "a repository without a full commit id"
        elif self.remote:
            what = "an address without a hash or the version of a wheel"
        elif _ONE_COMPUTER.match(self.url):
            what = "a file of one computer"
        else:
            what = "a path that holds no package of this repository"
        return f"{self.name or shown(self.url)}: {what}"

    def _bounds_in_words(self) -> str:
        found = self.choices
        if found is None:
            return "versions that the grader cannot read"
        return " or ".join(map(_in_words, found))


def _in_words(bounds: SpecifierSet) -> str:
    order = list(_WORDS)
    parts: list[Specifier] = sorted(bounds, key=lambda one: (order.index(one.operator), one.version))
    return ", ".join(f"{_WORDS[one.operator]} {one.version}" for one in parts) or "any version"


def parse(text: str, path: str, line: int | None, group: str = "") -> Dependency | None:
    """Return one requirement by PEP 508, or only its name if it is malformed; None if there is no name."""
    text = text.strip()[:MAX_TEXT]
    try:
        wanted = Requirement(text)
    except MALFORMED:
        addressed = _NAMED_ADDRESS.match(text)
        if addressed:
            url = addressed.group(2).strip()
            return Dependency(canonicalize_name(addressed.group(1)), "", path, line, group, url, text=text)
        found = _NAME.match(text)
        if not found or "://" in text or text.startswith((".", "/", "-")):
            return None
        name = canonicalize_name(found.group(1))
        return Dependency(name, found.group(3).strip(), path, line, group, text=text)
    return Dependency(
        canonicalize_name(wanted.name),
        str(wanted.specifier),
        path,
        line,
        group,
        wanted.url or "",
        str(wanted.marker) if wanted.marker else "",
        extras=tuple(sorted(wanted.extras)),
        text=text,
    )


def shown(text: str) -> str:
    """Return a line for a message: shortened, without a user and a password in an address."""
    return _USER.sub("//", text[:MAX_TEXT])[:100]


def is_valid(text: str) -> bool:
    """Return whether a text is one requirement by PEP 508."""
    try:
        Requirement(text.strip()[:MAX_TEXT])
    except MALFORMED:
        return False
    return True


def address(text: str, path: str, line: int | None, group: str = "", *, editable: bool = False) -> Dependency:
    """Return a dependency that is a path or an address; its name if the address has one."""
    text = text.strip()[:MAX_TEXT]
    egg = _EGG.search(text)
    name = canonicalize_name(egg.group(1)) if egg else wheel(text)
    return Dependency(name, "", path, line, group, text, editable=editable, text=text)


def is_address(text: str) -> bool:
    """Return whether a line of a requirements file is a path or an address without a name before it."""
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    return (
        first.startswith((".", "/", "~", "git@"))
        or bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*://|file:|[A-Za-z]:[\\/]", first))
        or "\\" in first
        or first.endswith((".whl", ".zip", ".tar.gz", ".tgz"))
    )


def wheel(address: str) -> str:
    """Return the package name of the versioned wheel at the end of an address or path; empty for anything else."""
    last = re.split(r"[?#]", address, maxsplit=1)[0].replace("\\", "/").rpartition("/")[2].replace("%2B", "+")
    try:
        return str(parse_wheel_filename(last)[0])
    except (InvalidWheelFilename, InvalidVersion):
        return ""
