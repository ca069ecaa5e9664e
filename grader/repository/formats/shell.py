"""Shell text as commands: words, without comments, redirections and wrappers. It is parsed, never run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

#: Limits of a script: a longer line, or a text with more lines, was not written by a person.
MAX_LINE = 10_000
MAX_LINES = 5_000
MAX_WORDS = 200

_SEPARATORS = {"&&", "||", ";", "|", "&", ";;", "(", ")", "{", "}", "|&", "\n"}
_KEYWORDS = {
    "if",
    "then",
    "else",
    "elif",
    "fi",
    "do",
    "done",
    "while",
    "until",
    "!",
    "time",
    "exec",
    "sudo",
    "nohup",
    "command",
}
_KEYWORDS |= {"xvfb-run", "eval", "@", "-"}
_SILENT = {
    "for",
    "case",
    "esac",
    "function",
    "set",
    "export",
    "local",
    "source",
    ".",
    "echo",
    "printf",
    "true",
    "false",
    ":",
}
_ASSIGNMENT = re.compile(r"(?:\$env:)?[A-Za-z_][A-Za-z0-9_]*\+?=")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)([A-Za-z_]\w*)\1")
_PYTHON = re.compile(r"(?:.*/)?python(?:3(?:\.\d+)?)?(?:\.exe)?")
#: Programs that run another program, and their options that take a value.
_RUNNERS: dict[tuple[str, ...], frozenset[str]] = {
    ("uv", "run"): frozenset(
        {
            "--with",
            "--extra",
            "--group",
            "--only-group",
            "--no-group",
            "--python",
            "-p",
            "--env-file",
            "--project",
            "--directory",
            "--package",
            "--with-requirements",
            "--index",
        }
    ),
    ("uv", "tool", "run"): frozenset({"--from", "--with", "--python", "-p"}),
    ("uvx",): frozenset({"--from", "--with", "--python", "-p"}),
    ("pipx", "run"): frozenset({"--spec", "--python"}),
    ("poetry", "run"): frozenset(),
    ("pipenv", "run"): frozenset(),
    ("pdm", "run"): frozenset(),
    ("hatch", "run"): frozenset(),
    ("rye", "run"): frozenset(),
    ("pixi", "run"): frozenset({"-e", "--environment"}),
    ("conda", "run"): frozenset({"-n", "--name", "-p", "--prefix", "--cwd"}),
    ("mamba", "run"): frozenset({"-n", "--name", "-p", "--prefix", "--cwd"}),
    ("micromamba", "run"): frozenset({"-n", "--name", "-p", "--prefix", "--cwd"}),
    ("env",): frozenset({"-u", "-C"}),
    ("dotenv", "run"): frozenset({"-f"}),
    ("npx",): frozenset({"-p", "--package"}),
    ("timeout",): frozenset({"-s", "-k"}),
}
_REDIRECTION = re.compile(r"(?<![\w'\"])\d?>&\d|&>|(?<![\w'\"])\d?>>?\s{0,10}[\w./$\"'{}-]{1,200}")
_SUBSTITUTION = re.compile(r"\$\(([^()]{0,1000})\)|`[^`]{0,1000}`")
_SHELLS = {"bash", "sh", "/bin/bash", "/bin/sh", "/usr/bin/bash", "zsh", "dash"}


def shell_commands(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the commands of a script with the 1-based line at which each starts; bodies of here-documents are skipped."""
    for line, logical in _logical_lines(text):
        for words in _split(logical):
            yield line, words


def plain_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a command without its wrappers: assignments, `sudo`, `uv run`, `poetry run`, `python -m`, ….

    `python train.py` stays; `python -m pytest -q` becomes `pytest -q`; the program's path is removed (`.venv/bin/ruff`).
    """
    for _ in range(8):
        before = words
        while words and (_ASSIGNMENT.match(words[0]) or words[0] in _KEYWORDS):
            words = words[1:]
        words = _without_runner(words)
        if len(words) > 2 and _PYTHON.fullmatch(words[0]):
            words = _without_python(words)
        if words == before:
            break
    if words and "/" in words[0] and not words[0].endswith((".sh", ".py")):
        words = (words[0].rpartition("/")[2], *words[1:])
    return words


def _without_runner(words: tuple[str, ...]) -> tuple[str, ...]:
    for runner, valued in _RUNNERS.items():
        if words[: len(runner)] != runner or len(words) == len(runner):
            continue
        rest = list(words[len(runner) :])
        while rest and rest[0].startswith("-"):
            option = rest.pop(0)
            if option in ("-m", "--module") and runner[0] == "uv":
                break
            if option in valued and rest:
                rest.pop(0)
            if option == "--":
                break
        if runner == ("timeout",) and rest:
            rest.pop(0)
        # A wrapper with options only (`uv run --help`) is itself the command.
        return tuple(rest) if rest else words
    return words


def _without_python(words: tuple[str, ...]) -> tuple[str, ...]:
    rest = list(words[1:])
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option == "-m" and rest:
            return tuple(rest)
        if option in ("-W", "-X") and rest:
            rest.pop(0)
        elif option == "-c" or option == "-":
            return words
    return (words[0], *rest) if rest else words


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with continuations joined; here-documents skipped."""
    lines = text.split("\n")[:MAX_LINES]
    number = 0
    while number < len(lines):
        start = number
        parts: list[str] = []
        while True:
            line = lines[number][:MAX_LINE].rstrip("\r")
            number += 1
            if line.endswith(("\\", "`")) and not line.endswith("\\\\") and number < len(lines):
                parts.append(line[:-1])
                if sum(map(len, parts)) > MAX_LINE:
                    break
                continue
            parts.append(line)
            break
        joined = " ".join(parts)[:MAX_LINE]
        heredoc = _HEREDOC.search(joined)
        if heredoc:
            end = heredoc.group(2)
            closing = next((at for at in range(number, len(lines)) if lines[at].strip() == end), None)
            number = closing + 1 if closing is not None else number
        if joined.strip() and not joined.lstrip().startswith("#"):
            yield start + 1, joined


def _split(line: str) -> Iterator[tuple[str, ...]]:
    words: list[str] = []
    for word in [*_tokens(line), ";"]:
        if word in _SEPARATORS or set(word) <= set(";&|()\n"):
            yield from _command(tuple(words[:MAX_WORDS]))
            words = []
        else:
            words.append(word)


def _tokens(line: str) -> list[str]:
    # `${{ matrix.os }}` and `$(…)` would be split at their brackets.
    line = re.sub(
        r"\$\{\{\s{0,20}([^{}]{0,200}?)\s{0,20}\}\}",
        lambda match: "${{" + match.group(1).replace(" ", "") + "}}",
        line,
    )
    line = _REDIRECTION.sub(" ", line)
    inner: list[str] = []

    def substitution(match: re.Match[str]) -> str:
        command = match.group(1) or match.group()[1:-1]
        # `$(NAME)` is a variable of make.
        if " " in command:
            inner.append(command)
        return "{}"

    line = _SUBSTITUTION.sub(substitution, line)
    return [word for part in [line, *inner] for word in [*_words(part), ";"]]


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|()")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    try:
        return list(lexer)
    except ValueError:
        return line.replace('"', " ").replace("'", " ").split()


def _command(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    while words and (words[0] in _KEYWORDS or _ASSIGNMENT.match(words[0])):
        words = words[1:]
    if not words or words[0] in _SILENT:
        return
    if words[0] in _SHELLS and len(words) > 2 and words[1] in ("-c", "-ec", "-lc", "-exc", "-euxc"):
        for _, inner in shell_commands(words[2]) if "\0" not in words[2] else ():
            yield inner
        return
    yield words
