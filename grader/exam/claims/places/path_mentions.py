"""Find words of a sentence that name a file or a folder of the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from grader.exam.claims.places.folder_words import FOLDER, folder_words

_MOST = 400
_MOST_WORDS = 2_000
_LONGEST = 200
_WINDOW = 60

#: Suffixes of files that people write and commit; `certain` ones are code or settings, which a run does not generate.
_CERTAIN = {
    "py", "ipynb", "yaml", "yml", "toml", "sh", "dockerfile", "lock", "dvc", "cfg", "ini", "tf", "md", "bat", "ps1", "drawio",
}  # fmt: skip
_OTHERS = {
    "json",
    "txt",
    "csv",
    "html",
    "css",
    "js",
    "ts",
    "tsx",
    "jsx",
    "png",
    "jpg",
    "jpeg",
    "svg",
    "rst",
    "xml",
    "pdf",
    "env",
}
_NAMES = {
    "dockerfile", "makefile", "license", "procfile", "justfile", "pipfile", ".gitignore", ".dockerignore", ".gitattributes",
    ".gitkeep", ".dvcignore", ".python-version", ".env", ".gcloudignore", ".gitmodules",
}  # fmt: skip
#: A code span that contains blanks and begins with one of these is a command.
_PROGRAMS = {
    "python", "python3", "uv", "pip", "docker", "wandb", "invoke", "make", "bash", "sh", "cat", "cp", "mv", "rm", "git", "dvc",
    "conda", "locust", "streamlit", "pytest", "ruff", "gcloud", "coverage", "sbatch", "source", "cd", "ls", "chmod",
    "kubectl", "terraform",
}  # fmt: skip
_FOLDER_NAME = re.compile(r"\.?[A-Za-z][\w-]{1,40}")
_EMPHASISED = re.compile(r"_((?!_).*)_[.…]*")
_CODE = re.compile(r"(`{1,3})([^`\n]{1,200})\1")
_WORD = re.compile(r"[^\s,;|]+")
_SPLIT = re.compile(r"(?<=\.py)/(?=[\w.]+\.py\b)|[()\[\]{}<>\"“”‘’']")
_ADDRESS = re.compile(r"(?:https?://|www\.|git@|gs://|s3://)\S*", re.I)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,200})\]\([^()\n]{1,1000}\)")
_HOST = re.compile(r"[\w.-]+\.(?:com|io|dev|org|app|net|dk|ai)(?:/|$)")
_PATHLIKE = re.compile(r"[\w.@+ -]+(?:[/\\][\w.@+ -]+)*[/\\]?")
_PLACEHOLDER = re.compile(
    r"[*?<>{}$%#=:!~|&]|\.\.\.|…|\bpath/to\b|\byour|xxx|\bexample\.|\bfoo\b|\bmy_|^some", re.I
)


@dataclass(frozen=True)
class Token:
    """A mention of a file or folder: the path, its position in the sentence, whether it is in a code span.

    certain: whether it looks like code or settings, which are always committed. folder: whether it is a folder.
    bare: a word that the sentence uses as a folder name; it counts only if such a folder exists.
    """

    path: str
    start: int
    end: int
    code: bool
    certain: bool
    folder: bool
    bare: bool = False


def tokens(text: str) -> list[Token]:
    """Return the names of files and folders in a sentence, in order, bounded in number."""
    return list(islice(_tokens(text), _MOST))


def _tokens(text: str) -> Iterator[Token]:
    # Replace code and addresses by blanks, so that offsets stay the same.
    labels = {at for match in _LINK.finditer(text) for at in range(*match.span())}
    rest = _ADDRESS.sub(_blank, _LINK.sub(_label_only, text))
    spans = list(islice(_CODE.finditer(rest), _MOST))
    named = folder_words(rest)
    found = []
    for match in spans:
        name, start, end = match[2].strip(), match.start(2), match.end(2)
        token = _token(rest, name, start, end, code=True)
        if token is None and start in named and _FOLDER_NAME.fullmatch(name):
            token = Token(name, start, end, True, False, folder=True, bare=True)
        if token is not None:
            found.append(token)
    for word in islice(_WORD.finditer(_CODE.sub(_blank, rest)), _MOST_WORDS):
        for piece, start in _pieces(word[0], word.start()):
            token = _token(rest, piece, start, start + len(piece), code=False)
            if token is None and start in named and _FOLDER_NAME.fullmatch(piece):
                token = Token(piece, start, start + len(piece), False, False, folder=True, bare=True)
            if token is not None:
                found.append(token)
    for token in sorted(found, key=lambda token: token.start):
        # The label of a link proves nothing: its address is judged.
        yield replace(token, certain=False) if token.start in labels else token


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _label_only(match: re.Match[str]) -> str:
    """Return a link's label without its address, which is judged as a link."""
    label = match[1] if not match[0].startswith("!") else ""
    begin = match[0].index("[") + 1
    return (" " * begin + label).ljust(len(match[0]))


def _pieces(word: str, start: int) -> Iterator[tuple[str, int]]:
    """Yield the parts of a word between brackets and quotes, without the marks around them."""
    at = 0
    for stop in [*_SPLIT.finditer(word), None]:
        end = stop.start() if stop else len(word)
        piece = word[at:end]
        bare = piece.strip("*:!?\u2013\u2014-") if len(piece) < _LONGEST else ""
        if (emphasised := _EMPHASISED.fullmatch(bare)) is not None:
            bare = emphasised[1]
        bare = bare.rstrip(".…_")
        if bare:
            yield bare, start + at + piece.find(bare)
        at = stop.end() if stop else end


def _token(text: str, name: str, start: int, end: int, *, code: bool) -> Token | None:
    if (
        not 1 < len(name) < _LONGEST
        or _PLACEHOLDER.search(name)
        or _HOST.match(name)
        or not _PATHLIKE.fullmatch(name)
    ):
        return None
    if " " in name and not code:
        return None
    last = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    stem, dot, suffix = last.rpartition(".")
    known = suffix.casefold() if dot and stem.strip("_.-") else ""
    slash = "/" in name or "\\" in name
    certain = known in _CERTAIN or last.casefold() in _NAMES
    if " " in name and (not certain or name.split(" ", 1)[0] in _PROGRAMS):
        return None
    if certain or (known in _OTHERS and (code or slash or known in ("json", "txt", "csv", "html", "env"))):
        # `Dockerfile` and `Makefile` in prose are words.
        word = not dot and not slash and not code
        return Token(name, start, end, code, certain and not word, folder=False, bare=word)
    if name.startswith(("/", "~")):
        return None
    near = text[end : end + 14] + " " + text[max(0, start - 14) : start]
    if slash and (name.endswith(("/", "\\")) or code):
        return Token(
            name, start, end, code, code and name.endswith("/"), folder=True, bare=not name.endswith("/")
        )
    if code and FOLDER.search(near) and re.fullmatch(r"\.?[\w-]+", name):
        return Token(
            name,
            start,
            end,
            True,
            re.match(r"`{0,3}\s(?:sub-?)?(?:folder|director)", text[end : end + 14]) is not None,
            folder=True,
        )
    return None
