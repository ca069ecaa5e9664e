"""Ids of modules: letters and a number. `X1` lies in a folder `x01_slug`, whatever the letters mean."""

from __future__ import annotations

import re

#: An id of a module or a session, as `module.toml` spells it.
ID_PATTERN = r"^[A-Z]{1,8}[0-9]{1,3}$"

_FOLDER = re.compile(r"([a-z]{1,8})([0-9]{1,3})_\w+")


def is_suite_folder(name: str) -> bool:
    """Whether a folder of this name holds a suite: `x10_images`."""
    return _FOLDER.fullmatch(name) is not None


def module_of_folder(name: str) -> str:
    """The id of the module in a folder of this name: `X10` for `x10_images`.

    Raises:
        ValueError: no suite has such a folder.
    """
    found = _FOLDER.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} is no folder of a suite: one is called like `x10_images`.")
    return f"{found[1].upper()}{int(found[2])}"


def folder_prefix(module: str) -> str:
    """How the folder of a module begins: `x04_` for `X4`."""
    letters = letters_of(module)
    return f"{letters.lower()}{int(module[len(letters) :]):02d}_"


def letters_of(module: str) -> str:
    """The letters of an id: `X` for `X10`."""
    return module.rstrip("0123456789")
