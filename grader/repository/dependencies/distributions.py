"""Names of one package: as it is imported, on PyPI, on conda-forge; and what an environment's own metadata says of them."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path

from packaging.utils import canonicalize_name

from grader.parsing.plain_data import parse_toml

#: Maximum size in bytes of what is read of one distribution's metadata.
MAX_BYTES = 4 * 1024 * 1024
#: Modules that many distributions have a part of: the part's own name decides, as in `google-cloud-storage`.
_SHARED = ("google", "azure", "opentelemetry", "nvidia")
#: Parts of Google's client libraries that have a distribution each, unlike what all of them bring along (`google.auth`).
_GOOGLE_CLOUD = re.compile(r"google\.cloud\.(?!exceptions\b|client\b)\w+")
_API_VERSION = re.compile(r"_v\d+\w*$")


@cache
def _tables() -> dict[str, dict[str, str]]:
    text = resources.files(__package__).joinpath("distributions.toml").read_text(encoding="utf-8")
    data: dict[str, dict[str, str]] = parse_toml(text)
    return data


def pypi_name(conda: str) -> str:
    """Return the name on PyPI of a package on conda-forge; empty if it is not a Python package."""
    name = str(canonicalize_name(conda))
    return _tables()["conda"].get(name, name)


def provides(distribution: str, module: str) -> bool:
    """Return whether a distribution provides a dotted module, by their names alone.

    Args:
        distribution: its normalised name.
        module: what is imported: `google.cloud.storage` for `from google.cloud import storage`.
    """
    parts, wanted = module.split("."), _squashed(distribution)
    for end in range(len(parts), 0, -1):
        name = ".".join(parts[:end])
        if distribution in _tables()["imports"].get(name, "").split():
            return True
        squashed = _squashed(_API_VERSION.sub("", name))
        if wanted in (squashed, f"python{squashed}"):
            return True
    if parts[0] not in _SHARED or _GOOGLE_CLOUD.match(module):
        return False
    return distribution.startswith(f"{parts[0]}-")


def _squashed(name: str) -> str:
    return re.sub(r"[-_.]", "", name).lower()


class Installed:
    """What is installed in an environment: its distributions, and the top-level modules of each.

    Args:
        environment: its folder; nothing is installed if there is none.
    """

    def __init__(self, environment: str = "") -> None:
        self._modules: dict[str, set[str]] = {}
        for pattern in ("lib/python*/site-packages", "Lib/site-packages") if environment else ():
            for site in Path(environment).glob(pattern):
                for folder in sorted(site.glob("*.dist-info")):
                    name = str(canonicalize_name(folder.name.split("-")[0]))
                    self._modules.setdefault(name, set()).update(_top_levels(folder))

    def provides(self, distribution: str, module: str) -> bool:
        """Return whether a distribution provides a module: by its metadata if it is installed, else by its name."""
        top = module.partition(".")[0]
        found = self._modules.get(distribution)
        if not found or top in _SHARED:
            return provides(distribution, module)
        return top in found


def _top_levels(folder: Path) -> set[str]:
    """Return the top-level modules by the metadata of a distribution: its own list, else its files."""
    listed = _text(folder / "top_level.txt").split()
    files = (line.partition(",")[0].strip('"') for line in _text(folder / "RECORD").split("\n"))
    tops = {first for first, slash, _ in (file.partition("/") for file in files) if slash or "." in first}
    return {*listed, *(top.partition(".")[0] for top in tops if not top.endswith((".dist-info", ".data")))}


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
