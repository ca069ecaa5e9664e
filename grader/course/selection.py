"""Which modules a person names: `X10`, `10`, a session `W3`, several with commas or blanks between, in any case."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from grader.course.module import Module
from grader.errors import UsageError
from grader.suite.module_ids import letters_of

_BETWEEN = re.compile(r"[,;\s]+")
_NUMBERED = re.compile(r"([a-z]*)0*([0-9]+)", re.IGNORECASE)
_LIST = "`grader modules` lists them."


def split_names(text: str | None, option: str) -> tuple[str, ...]:
    """Return the names in the value of an option; none where it was not given.

    Raises:
        UsageError: it was given and names nothing: a variable that is not set, most likely.
    """
    if text is None:
        return ()
    names = tuple(name for name in _BETWEEN.split(text) if name)
    if not names:
        raise UsageError(
            f"{option} is empty.", f"Name what to grade, or leave the option out for everything. {_LIST}"
        )
    return names


def choose_modules(modules: Sequence[Module], names: Sequence[str], session: str) -> tuple[Module, ...]:
    """Return the modules of the names (modules and sessions), or those of sessions, or all; in the order of the course.

    Raises:
        UsageError: a name that the course does not have, no name at all, or both kinds of choice.
    """
    if names and session:
        raise UsageError(
            "--modules and --session are both given.",
            f"Give one: --modules takes sessions too (--modules {modules[0].info.session},{modules[-1].id}).",
        )
    if not names and not session:
        return tuple(modules)
    wanted = split_names(" ".join(names or (session,)), "--session" if session else "--modules")
    first = modules[0].info.session if session else modules[0].id
    keys = {_key(name, letters_of(first)) for name in wanted}
    ids = {_key(module.id) for module in modules}
    sessions = {_key(module.info.session) for module in modules}
    unknown = sorted(keys - sessions if session else keys - ids - sessions)
    if unknown:
        raise _unknown(unknown[0], modules, only_sessions=bool(session))
    return tuple(module for module in modules if {_key(module.id), _key(module.info.session)} & keys)


def only_module(chosen: Sequence[Module]) -> Module:
    """Return the one module that was named.

    Raises:
        UsageError: a session was named, or several.
    """
    if len(chosen) != 1:
        names = ", ".join(module.id for module in chosen)
        raise UsageError("One module is wanted here.", f"Name one of {names}.")
    return chosen[0]


def _key(name: str, letters: str = "") -> str:
    """Return `X4` for `x4`, `X04` and, with the letters of the course's first module, `4`."""
    found = _NUMBERED.fullmatch(name)
    return f"{(found[1] or letters).upper()}{found[2]}" if found else name.upper()


def _unknown(name: str, modules: Sequence[Module], *, only_sessions: bool) -> UsageError:
    known = {module.info.session: module.info.session for module in modules}
    if not only_sessions:
        known |= {module.id: module.id for module in modules}
        # Who does not know the number may know the word.
        known |= {module.info.slug.upper(): f"{module.id} ({module.info.title})" for module in modules}
    close = difflib.get_close_matches(name, known, n=3)
    advice = f"Did you mean {' or '.join(known[one] for one in close)}? {_LIST}" if close else _LIST
    of_session = letters_of(name) in {letters_of(module.info.session) for module in modules}
    of_module = letters_of(name) in {letters_of(module.id) for module in modules}
    if only_sessions or (of_session and not of_module and name[-1:].isdigit()):
        return UsageError(f"The course has no session {name!r}.", advice)
    return UsageError(f"Unknown module {name}.", advice)
