"""Writable copies of installed packages that write into their own folder.

The students' environment is shared by all submissions and read-only. A process that fails because a package writes into its own
folder there runs once more with a copy of that package. The copy is made by the students' user, in a place that is wiped after
each check, from what is installed: nothing of it reaches another check, another submission, or the suite's own process. What
is remembered for later checks is the name alone, so that they copy it before their first process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from grader.suite.outcomes import StudentFault
from grader.suite.student.launch import Ended
from grader.suite.student.wire import WireError, parse

#: Packages that a run of suites may have copies of: what else writes into itself is excused.
MOST = 3
#: Of the room and the files of the temporary folder, what the copy of one package may take.
SHARE = 4
#: What a copy may take, as its process.
COPY_S, COPY_CPU_S = 30.0, 15
#: Characters of what a process said that are searched.
MOST_SAID = 200_000

#: Names the package by the path, as Python's errors do, then as those of libraries in C do.
_PATHS = (
    re.compile(
        r"(?:Read-only file system|Permission denied|Operation not permitted): (?:'[^'\n]{0,400}' -> )?"
        r"'[^'\n]{0,400}?[\\/](?:site|dist)-packages[\\/]+(\w+)"
    ),
    re.compile(
        r"[\\/](?:site|dist)-packages[\\/]+(\w+)[^\n]{0,300}?(?:Read-only file system|Permission denied)"
    ),
)
#: Says that a write failed, and not where: the innermost frame tells who wrote.
_PATHLESS = re.compile(
    r"unable to open database file|attempt to write a readonly database"
    r"|(?:Read-only file system|Permission denied)(?: ?$|: '[^'\n]{0,400}?[\\/](?:site|dist)-packages[\\/])",
    re.MULTILINE,
)
_FRAME = re.compile(r"File \"([^\"\n]{1,400})\", line \d+|^([^\s:\"']{1,400}\.py):\d+: ", re.MULTILINE)
_STANDARD = re.compile(r"[\\/]lib(?:64)?[\\/]python3\.\d+[\\/]|[\\/]Lib[\\/]")
_INSTALLED = re.compile(r"[\\/](?:site|dist)-packages[\\/]+(\w+)")

#: Copies the first of `names` that is installed below `place`; `result` is its name, or empty if it is not there or too large.
#: What nobody writes to is linked: compiled code and large files. Source is copied: packages find their folder by `resolve()`.
_COPY = r"""
import os, shutil, sys, sysconfig
known = [sysconfig.get_path(kind) for kind in ("purelib", "platlib")]
homes = [one for one in dict.fromkeys([*known, *sys.path]) if os.path.basename(one).endswith("-packages")]
links = hasattr(os, "symlink") and os.name == "posix"

def walk(source):
    if os.path.isdir(source):
        return os.walk(source)
    return [(os.path.dirname(source), [], [os.path.basename(source)])]

def plan(source):
    # What is copied and what is linked, or None where that is more than fits.
    entries, copied = [], 0
    for folder, inner, files in walk(source):
        entries += [("folder", os.path.join(folder, name), 0) for name in inner]
        for name in files:
            path = os.path.join(folder, name)
            size = os.stat(path).st_size
            linked = links and (size > large or name.endswith((".pyc", ".so")) or ".so." in name)
            copied += 0 if linked else size
            entries.append(("link" if linked else "copy", path, size))
        if copied > most_bytes or len(entries) > most_files:
            return None
    return entries

def make(source, target):
    entries = plan(source)
    if entries is None:
        return False
    base = source if os.path.isdir(source) else os.path.dirname(source)
    part = target + ".part"
    shutil.rmtree(part, ignore_errors=True)
    os.makedirs(part)
    for kind, path, _ in entries:
        to = os.path.join(part, os.path.relpath(path, base))
        if kind == "folder":
            os.makedirs(to, exist_ok=True)
        elif kind == "link":
            os.symlink(path, to)
        else:
            shutil.copyfile(path, to)
            seen = os.stat(path)
            os.utime(to, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    if base == source:
        os.rename(part, target)
    else:
        os.rename(os.path.join(part, os.path.basename(source)), target)
        os.rmdir(part)
    # Compiled code looks for the libraries that came with it beside its package.
    beside = source + ".libs"
    if os.path.isdir(beside) and not os.path.lexists(target + ".libs"):
        os.symlink(beside, target + ".libs")
    return True

result = ""
for name in names:
    if name in sys.stdlib_module_names:
        continue
    places = [os.path.join(home, one) for home in homes for one in (name, name + ".py")]
    found = [one for one in places if os.path.exists(one)]
    if found:
        target = os.path.join(place, os.path.basename(found[0]))
        try:
            result = name if make(found[0], target) else ""
        except OSError:
            result = ""
        if not result:
            shutil.rmtree(target + ".part", ignore_errors=True)
        break
"""
#: Files of more bytes are linked: what a package writes to is small.
_LARGE = 1024 * 1024

#: Runs a snippet with its inputs in a process of the students, and returns its result.
Copy = Callable[[str, dict[str, Any]], Any]


class WritablePackages:
    """The copies of one check.

    Args:
        temporary: returns the folder of temporary files that is wiped after the check.
        limits: the limits of the job.
        names: packages that earlier checks of the run needed; those that this one needs are added.
        copy: runs the snippet that copies. Raise StudentFault if it cannot.
    """

    def __init__(
        self, temporary: Callable[[], str], limits: Mapping[str, float], names: list[str], copy: Copy
    ) -> None:
        self._temporary = temporary
        self._limits = limits
        self._names = names
        self._copy = copy
        self._tried: set[str] = set()
        self._begun = False
        #: The folder of the copies, as the last one of the import path: before what is installed, behind the students' own.
        self.folders: list[str] = []

    def begin(self) -> None:
        """Make the copies that earlier checks needed, before the first process of this one."""
        if not self._begun:
            self._begun = True
            for name in tuple(self._names):
                self._make([name])

    def add(self, ended: Ended) -> bool:
        """Return whether a process failed to write into a package that has a copy now."""
        return self.add_of(said_of_failure(ended))

    def add_of(self, text: str) -> bool:
        """Return whether a failure with `text` is a write into a package that has a copy now."""
        names = [name for name in written_packages(text) if name not in self._tried]
        if not names or len(self._names) >= MOST:
            return False
        return self._make(names)

    def _make(self, names: list[str]) -> bool:
        self._tried.update(names)
        # Always the same place, which paths in messages show; its name tells libraries that they are installed.
        place = f"{self._temporary()}/grader-packages/site-packages"
        bounds = {
            "most_bytes": int(self._limits["tmp_bytes"]) // SHARE,
            "most_files": int(self._limits["tmp_files"]) // SHARE,
            "large": _LARGE,
        }
        try:
            made = self._copy(_COPY, {"names": names, "place": place, **bounds})
        except StudentFault:
            # No time, no room: it goes on without.
            return False
        if made not in names:
            return False
        if made not in self._names:
            self._names.append(made)
        if place not in self.folders:
            self.folders.append(place)
        return True


def said_of_failure(ended: Ended) -> str:
    """Return what a process that failed said: of its output where it ended badly, of its reply the faults."""
    parts = [ended.stderr, ended.stdout] if ended.returncode else []
    said = [part.decode("utf-8", "replace") for part in parts]
    if b"-packages" in ended.reply:
        for line in ended.reply.split(b"\n")[1:]:
            if line.startswith(b'{"fault":') or b'"raised":' in line:
                said += _texts(line)
    return "\n".join(said)[:MOST_SAID]


def _texts(line: bytes) -> list[str]:
    try:
        match parse(line):
            case {"fault": str(), **others}:
                return [str(others.get(name, "")) for name in ("trace", "message")]
            case {"response": {"raised": str(raised), **others}} if raised:
                return [str(others.get("trace", "")), raised]
    except WireError:
        pass
    return []


def written_packages(text: str) -> list[str]:
    """Return the modules that may have failed to write into what is installed, the likeliest first.

    Where the path names no package, as for a file beside a single-file module, it is the module that wrote. The text is that of
    hostile code; a name is only ever looked up among what is installed.
    """
    found = [name for pattern in _PATHS for name in pattern.findall(text)]
    for place in _PATHLESS.finditer(text):
        frames = [one or other for one, other in _FRAME.findall(text[: place.start()])]
        found += _writer(frames)
    return list(dict.fromkeys(found))[:4]


def _writer(frames: list[str]) -> list[str]:
    """Return the installed module that the innermost frame lies in, not counting those of the standard library."""
    for path in reversed(frames):
        if installed := _INSTALLED.search(path):
            return [installed.group(1)]
        if not path.startswith("<") and not _STANDARD.search(path):
            break
    return []
