"""Parses a Dockerfile's text to instructions with lines, by dockerfile-parse; never builds it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from dockerfile_parse import DockerfileParser

from grader.parsing.plain_data import DataError, parse_json
from grader.repository.faults import SubmissionFault, evidence

#: Maximum number of patterns of one `COPY --exclude`.
MAX_EXCLUDED = 20
MAX_BYTES = 256 * 1024
MAX_LINE = 20_000

_KNOWN = frozenset(
    (
        *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL"),
        *("MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
    )
)
_HEREDOC = re.compile(r"(?:^|\s)\d*<<(-?)(['\"]?)([A-Za-z0-9_.]+)\2(?=[\s;|&>)]|$)")
_TAKES_HEREDOC = re.compile(r"\s*(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\b", re.IGNORECASE)
_DIRECTIVE = re.compile(r"\s*#\s*([a-z]+)\s*=\s*(\S+)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Command:
    """The command of RUN, CMD or ENTRYPOINT: `form` is `exec` (a JSON list) or `shell` (text)."""

    form: str
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """The command as one string."""
        return " ".join(self.words)


@dataclass(frozen=True)
class Instruction:
    """One instruction: its name in capitals, its value on one line, its 1-based lines, the stage (−1 before the first FROM).

    `heredocs` are the bodies of its `<<EOF`.
    """

    name: str
    value: str
    line: int
    end_line: int
    stage: int
    heredocs: tuple[str, ...] = ()

    @property
    def flags(self) -> dict[str, str]:
        """`--name=value` options in front, e.g. `{"from": "builder"}`."""
        found = {}
        for word in self.value.split():
            if not word.startswith("--"):
                break
            key, _, value = word[2:].partition("=")
            found[key] = value.strip("\"'")
        return found

    @property
    def excluded(self) -> tuple[str, ...]:
        """The patterns of `COPY --exclude`, which may be given several times: rules of a .dockerignore, below each source."""
        words = self.value.split()
        options = words[: next((at for at, one in enumerate(words) if not one.startswith("--")), len(words))]
        given = [one.partition("=")[2].strip("\"'") for one in options if one.startswith("--exclude=")]
        return tuple(given[:MAX_EXCLUDED])

    @property
    def rest(self) -> str:
        """The value without its options."""
        value = self.value.strip()
        while value.startswith("--"):
            _, _, value = value.partition(" ")
            value = value.lstrip()
        return value

    @property
    def json_list(self) -> tuple[str, ...] | None:
        """The value if it is a JSON list of strings, as Docker requires for the exec form; else None."""
        if not self.rest.startswith("["):
            return None
        try:
            data = parse_json(self.rest)
        except DataError:
            return None
        return tuple(data) if isinstance(data, list) and all(isinstance(word, str) for word in data) else None

    @property
    def command(self) -> Command:
        """The command that is run, heredocs included."""
        words = self.json_list
        if words is not None:
            return Command("exec", words)
        return Command("shell", ("\n".join([self.rest, *self.heredocs]),))


def instructions(text: str, path: str) -> list[Instruction]:
    """Return the instructions of a Dockerfile, without comments and parser directives.

    Raises:
        SubmissionFault: empty, too large, an unknown instruction, or an unterminated heredoc.
    """
    lines = text.split("\n")
    if len(text) > MAX_BYTES or max(map(len, lines)) > MAX_LINE:
        raise SubmissionFault(f"{path} is too large for a Dockerfile.", evidence(path))
    masked, bodies = _mask(lines, path)
    parser = DockerfileParser(
        fileobj=io.BytesIO("\n".join(masked).encode("utf-8", "replace")), env_replace=False
    )
    found: list[Instruction] = []
    stage = -1
    for item in parser.structure:
        name, line = item["instruction"], item["startline"] + 1
        if name == "COMMENT":
            continue
        if name not in _KNOWN:
            text_there = lines[line - 1].strip()
            message = f"{path}, line {line}: `{name[:40]}` is no Dockerfile instruction."
            raise SubmissionFault(message, evidence(path, line, text_there))
        stage += name == "FROM"
        end = item["endline"] + 1
        own = tuple(body for at in range(line, end + 1) for body in bodies.get(at, ()))
        found.append(Instruction(name, (item["value"] or "").strip(), line, end, stage, own))
    if not any(instruction.name == "FROM" for instruction in found):
        what = "is empty" if not text.strip() else "has no FROM"
        raise SubmissionFault(f"{path} {what}: an image needs a base.", evidence(path, 1))
    return found


def _mask(lines: list[str], path: str) -> tuple[list[str], dict[int, list[str]]]:
    """Return the lines for the parser, and heredoc bodies by the (1-based) line that opens them.

    Heredoc bodies are replaced by comments, and so are blank lines within a continuation, at which the parser would end it.
    """
    escape = _escape(lines)
    masked: list[str] = []
    bodies: dict[int, list[str]] = {}
    continued = takes = False
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        comment = line.lstrip().startswith("#")
        if continued and (comment or not line.strip()):
            masked.append("#")
            continue
        masked.append(line)
        if comment:
            continue
        takes = takes if continued else bool(_TAKES_HEREDOC.match(line))
        continued = line.rstrip().endswith(escape)
        opened = list(_HEREDOC.finditer(line)) if takes else []
        at = number
        for here in opened:
            body: list[str] = []
            while number < len(lines) and _stripped(lines[number], here.group(1)) != here.group(3):
                body.append(lines[number])
                number += 1
            if number >= len(lines):
                message = f"{path}, line {at}: the heredoc `{here.group(3)[:40]}` has no end."
                raise SubmissionFault(message, evidence(path, at, line.strip()))
            number += 1
            masked.extend("#" * (len(body) + 1))
            bodies.setdefault(at, []).append("\n".join(body))
    # The blank line ends a continuation that is open at the end of the file.
    return [*masked, "", ""], bodies


def _escape(lines: list[str]) -> str:
    for line in lines:
        directive = _DIRECTIVE.fullmatch(line)
        if directive is None:
            break
        if directive.group(1).lower() == "escape" and directive.group(2) in ("\\", "`"):
            return directive.group(2)
    return "\\"


def _stripped(line: str, dash: str) -> str:
    return line.lstrip("\t") if dash else line
