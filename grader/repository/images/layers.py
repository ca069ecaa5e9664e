"""The files of an image while its Dockerfile is followed, and what the commands of a RUN do to them. Nothing is ever run."""

# Tables of names read best as words.
# ruff: noqa: SIM905

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from itertools import pairwise

from grader.repository.formats.command_words import plain_words
from grader.repository.images.dockerignore import keeps_out

MAX_FILES = 50_000
MAX_OPENED = 500
#: Maximum number of copies that are followed in one image; after them anything may be anywhere.
MAX_COPIED = 200
_SEPARATORS = re.compile(r"[;&|()]+")
#: Programs that bring no program of the project into an image: they install packages, look, or change what is there.
_QUIET = frozenset(
    "apt apt-get apk yum dnf microdnf zypper dpkg pip pip3 pipx uv uvx poetry conda mamba micromamba pdm pipenv rmdir chmod "
    "chown chgrp useradd groupadd adduser addgroup usermod echo printf true test [ set export source . ls cat which ldconfig "
    "locale-gen update-ca-certificates sed dos2unix sleep exit if then fi else for do done while find head grep sh bash".split()
)
_INSTALLERS = frozenset("pip pip3 uv poetry conda mamba micromamba pdm pipenv".split())
#: Options of `git clone`, `curl` and `wget` whose next word is their value.
_VALUED = {
    "git": frozenset("-b --branch --depth -c --config -o --origin --reference -j --jobs --filter".split()),
    "curl": frozenset("-H --header -u --user -o --output --retry -d --data -A -X --output-dir".split()),
    "wget": frozenset("-O --output-document -P --directory-prefix --header --tries -t --timeout -T".split()),
}
#: Words around commands that may or may not run, and programs that ask something.
_OPENING = {"if", "for", "while", "until", "case"}
_CLOSING = {"fi", "done", "esac"}
_ASKING = {"[", "[[", "test", "grep", "false", "which", "command", "type", "!"}
_FOLDERS = "/ /usr /usr/bin /usr/src /usr/local /usr/local/bin /bin /opt /srv /home /root /tmp /var /etc /mnt"


@dataclass
class Layers:
    """Files by their path in the image (`""`: made there), paths below which anything may be, folders, and the working folder."""

    here: str = "/"
    files: dict[str, str] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=lambda: set(_FOLDERS.split()))
    values: dict[str, str] = field(default_factory=dict)
    copied: int = 0
    #: Whether something was installed: what is in its wheels is not known.
    installed: bool = False
    #: Whether the base is somebody's own image: it may hold programs.
    foreign: bool = False

    def copy(self) -> Layers:
        """Return layers that can be changed apart."""
        return replace(
            self,
            files=dict(self.files),
            opened=set(self.opened),
            folders=set(self.folders),
            values=dict(self.values),
        )

    def at(self, path: str, here: str = "") -> str:
        """Return a path in full."""
        found = posixpath.normpath(posixpath.join(here or self.here, path.strip("\"'")))
        return "/" + found.lstrip("/")

    def put(self, path: str, source: str) -> None:
        """Have a file at a path."""
        if len(self.files) < MAX_FILES:
            self.files[path] = source
            self.enter(posixpath.dirname(path))

    def enter(self, folder: str) -> None:
        """Have a folder, and those above it."""
        while folder not in self.folders and len(self.folders) < MAX_FILES:
            self.folders.add(folder)
            folder = posixpath.dirname(folder)

    def open(self, path: str) -> None:
        """Have anything at a path and below it."""
        if len(self.opened) < MAX_OPENED:
            self.opened.add(path)

    def into(self, dest: str, *, many: bool = False) -> bool:
        """Return whether a file that is copied to `dest` lands in a folder of that name."""
        folder = dest.endswith("/") or posixpath.basename(dest) in (".", "..", "")
        return many or folder or self.at(dest) in self.folders

    def place(
        self,
        source: str,
        dest: str,
        origin: Layers,
        *,
        into: bool,
        named: bool = False,
        excluded: tuple[str, ...] = (),
    ) -> bool:
        """Copy a file or the content of a folder from layers to `dest` (a full path); with `named` the folder itself, too.

        What `excluded` means, rules of a .dockerignore below the source, is left out.
        """
        name = posixpath.basename(source)
        self.copied += 1
        if self.copied > MAX_COPIED:
            self.open("/")
            return True
        if source in origin.files:
            if not keeps_out(name, excluded):
                self.put(posixpath.join(dest, name) if into else dest, origin.files[source])
            return True
        below = f"{source.rstrip('/')}/"
        inside = [
            (path.removeprefix(below), one) for path, one in origin.files.items() if path.startswith(below)
        ]
        for path, one in inside:
            if excluded and keeps_out(path, excluded):
                continue
            self.put(posixpath.join(dest, path), one)
            if named:
                self.put(posixpath.join(dest, name, path), one)
        for path in list(origin.opened):
            if path.startswith(below):
                self.open(posixpath.join(dest, path.removeprefix(below)))
        may_be = any(f"{source}/".startswith(f"{path.rstrip('/')}/") for path in origin.opened)
        if may_be:
            self.open(dest)
        return bool(inside) or may_be

    def remove(self, pattern: str) -> None:
        """Have nothing at a path, or at those that a pattern of the shell means, and below."""
        self.copied += 1
        if self.copied > MAX_COPIED:
            return
        depth = pattern.rstrip("/").count("/")
        for kept in (self.files, self.folders, self.opened):
            for path in [one for one in kept if _is_at(one, pattern, depth)]:
                if isinstance(kept, dict):
                    del kept[path]
                elif path not in _FOLDERS.split():
                    kept.discard(path)

    def find(self, path: str) -> str | None:
        """Return the repository's file at a path; `""` if it was made in the image, or may be there; None if it is not."""
        if path in self.files:
            return self.files[path]
        if any(path == one or path.startswith(f"{one.rstrip('/')}/") for one in self.opened):
            return ""
        if "/site-packages/" in path and self.installed:
            return ""
        own = self.folders - set(_FOLDERS.split())
        return "" if self.foreign and not any(path.startswith(f"{folder}/") for folder in own) else None

    def run(self, text: str) -> None:
        """Follow the commands of a RUN."""
        here = self.here
        for words, targets, sure in _commands(text):
            for target in targets:
                self.put(self.at(target, here), "")
            plain = plain_words(words)
            name = posixpath.basename(plain[0]) if plain else ""
            if name in ("cd", "pushd") and len(plain) > 1:
                here = self.at(plain[1], here)
            elif name in ("rm", "unlink"):
                for word in _bare(plain[1:], frozenset()) if sure else ():
                    self.remove(self.at(word, here))
            elif plain:
                self._do(name, plain[1:], here)
                if name == "mv" and sure:
                    for word in _bare(plain[1:], frozenset())[:-1]:
                        self.remove(self.at(word, here))

    def _do(self, name: str, words: tuple[str, ...], here: str) -> None:
        bare = _bare(words, _VALUED.get(name, frozenset()))
        if name in _QUIET:
            self.installed = self.installed or name in _INSTALLERS
            return
        if name == "mkdir":
            for word in bare:
                self.enter(self.at(word, here))
        elif name in ("touch", "tee"):
            for word in bare:
                self.put(self.at(word, here), "")
        elif name in ("cp", "mv", "ln", "install"):
            self._copied(bare, here)
        elif name == "git":
            self._git(bare, here)
        elif name in ("curl", "wget"):
            self._fetched(name, words, bare, here)
        elif name in ("tar", "unzip"):
            given = [after for word, after in pairwise(words) if word in ("-C", "-d")]
            self.open(self.at(given[0] if given else ".", here))
        else:
            # Whatever it does, it does here, or where it is told to.
            if here != "/":
                self.open(here)
            for word in words:
                if word.startswith("/") and len(word) > 1:
                    self.open(self.at(word))

    def _copied(self, bare: list[str], here: str) -> None:
        if len(bare) < 2:
            return
        dest = self.at(bare[-1], here)
        into = self.into(bare[-1], many=len(bare) > 2) or dest in self.folders
        for word in bare[:-1]:
            content = word.endswith("/.")
            if not self.place(self.at(word, here), dest, self, into=into, named=into and not content):
                self.open(dest)

    def _git(self, bare: list[str], here: str) -> None:
        if bare[:1] == ["clone"] and len(bare) > 1:
            folder = (
                bare[2] if len(bare) > 2 else posixpath.basename(bare[1].rstrip("/")).removesuffix(".git")
            )
            self.open(self.at(folder, here))
        elif bare[:1] not in (["clone"], ["config"], []):
            self.open(here)

    def _fetched(self, name: str, words: tuple[str, ...], bare: list[str], here: str) -> None:
        names = {"curl": ("-o", "--output"), "wget": ("-O", "--output-document")}[name]
        named = [
            after
            for word, after in pairwise(words)
            # Letters may be joined: `-sSLo main.py`.
            if word in names or (re.fullmatch(r"-[A-Za-z]{2,12}", word) and word[-1] == names[0][-1])
        ]
        folder = [after for word, after in pairwise(words) if word == "-P"]
        kept = name == "wget" or any(
            re.fullmatch(r"-[A-Za-z]*O[A-Za-z]*|--remote-name", word) for word in words
        )
        for target in named:
            self.put(self.at(target, here), "")
        for address in bare if kept and not named else ():
            last = posixpath.basename(address.partition("?")[0])
            self.put(self.at(posixpath.join(*folder[:1], last), here), "")


def _is_at(path: str, pattern: str, depth: int) -> bool:
    """Return whether a path is what a pattern means, or lies below it; as in a shell, `*` is no dot in front."""
    above = "/".join(path.split("/")[: depth + 1])
    if above.count("/") != depth or not fnmatchcase(above, pattern):
        return False
    hidden = any(
        one.startswith(".") and not wanted.startswith(".")
        for one, wanted in zip(above.split("/"), pattern.split("/"), strict=False)
    )
    return not hidden


def _commands(text: str) -> Iterator[tuple[tuple[str, ...], list[str], bool]]:
    """Yield the words of each command, the files that its output goes to, and whether it is sure to run."""
    depth, asked = 0, False
    for line in text[:50_000].split("\n"):
        lexer = shlex.shlex(line, posix=True, punctuation_chars="();<>|&")
        lexer.whitespace_split = True
        lexer.commenters = "#"
        try:
            tokens = list(lexer)
        except ValueError:
            tokens = line.split()
        words: list[str] = []
        targets: list[str] = []
        for at, one in enumerate([*tokens, ";"]):
            if at and tokens[at - 1] in (">", ">>") and one != ";":
                targets.append(one)
            elif _SEPARATORS.fullmatch(one):
                first = words[0] if words else ""
                depth += (first in _OPENING) - (first in _CLOSING)
                yield (
                    tuple(words),
                    [path for path in targets if not path.startswith("/dev/")],
                    not depth and not asked,
                )
                # Behind a test or `||`, up to the next `;`, nobody knows.
                asked = one != ";" and (asked or one == "||" or first in _ASKING)
                words, targets = [], []
            elif not set(one) <= set("<>&"):
                words.append(one)


def _bare(words: tuple[str, ...], valued: frozenset[str]) -> list[str]:
    """Return the words that are no options, nor values of options."""
    found, skip = [], False
    for word in words:
        if not skip and not word.startswith("-"):
            found.append(word)
        skip = not skip and word in valued
    return found
