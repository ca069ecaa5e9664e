"""Dockerfiles of a submission: their stages, copies and commands. They are parsed, never built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from grader.repository.faults import Evidence, evidence
from grader.repository.formats.dockerfile_text import Command, Instruction, instructions

_NOT_DOCKERFILES = (
    *(
        ".dockerignore",
        ".md",
        ".txt",
        ".py",
        ".sh",
        ".yaml",
        ".yml",
        ".json",
        ".toml",
        ".ipynb",
        ".html",
        ".rst",
    ),
    *(".png", ".jpg", ".jpeg", ".svg", ".pdf", ".zip", ".log"),
)
_FROM = re.compile(r"(?P<image>\S+)(?:\s+AS\s+(?P<alias>\S+))?\s*", re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?([-+])([^}]*))?\})")
_PAIR = re.compile(r"""([^\s="']+)=((?:"(?:[^"\\]|\\.)*+"|'[^']*+'|\\.|[^\s"'\\])*+)""")


def is_dockerfile(path: str) -> bool:
    """Return whether the file name is `Dockerfile*`, `Containerfile*`, `*.dockerfile` or `*.docker`, in any folder."""
    name = path.rsplit("/", 1)[-1].casefold()
    if name.endswith(_NOT_DOCKERFILES):
        return False
    return name.startswith(("dockerfile", "containerfile")) or name.endswith((".dockerfile", ".docker"))


@dataclass(frozen=True)
class ImageStage:
    """A FROM instruction. Variables of `image` and `tag` are replaced by the defaults of their ARG; `raw` is as written.

    `tag` and `digest` are empty strings if there is none. `of` is the index of the earlier stage that it builds on.
    """

    index: int
    image: str
    tag: str
    digest: str
    alias: str
    line: int
    raw: str
    of: int | None = None

    @property
    def pinned(self) -> bool:
        """Whether the base is pinned: a tag other than `latest`, a digest, an earlier stage, or `scratch`."""
        if self.of is not None or self.image == "scratch" or self.digest:
            return True
        return bool(self.tag) and self.tag != "latest"


@dataclass(frozen=True)
class Copy:
    """A COPY or ADD with its sources and target; `from_stage` is the stage or image of `--from`, empty for the build context."""

    instruction: str
    sources: tuple[str, ...]
    dest: str
    from_stage: str
    line: int
    stage: int


class Dockerfile:
    """One Dockerfile: `.path`, `.instructions`, and their combined meaning.

    Raises:
        SubmissionFault: on construction, if it is not a valid Dockerfile.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.instructions = tuple(instructions(text, path))

    def __repr__(self) -> str:
        return f"Dockerfile({self.path!r})"

    def all(self, name: str) -> list[Instruction]:
        """Return every instruction of that name, in order."""
        return [item for item in self.instructions if item.name == name.upper()]

    @cached_property
    def stages(self) -> tuple[ImageStage, ...]:
        """The stages, in order."""
        values: dict[str, str] = {}
        found: list[ImageStage] = []
        for item in self.instructions:
            if item.name == "ARG" and item.stage < 0:
                for key, value in pairs(item.value).items():
                    values[key] = _substitute(value, values)
            elif item.name == "FROM":
                found.append(_stage(item, values, found))
        return tuple(found)

    @property
    def base(self) -> ImageStage:
        """The stage that the final image starts from outside this file (stages that build on stages are followed)."""
        stage = self.stages[-1]
        while stage.of is not None:
            stage = self.stages[stage.of]
        return stage

    def built_stages(self, target: str = "") -> set[int]:
        """Return the stages that a build makes: the last one or `target`, and those that it needs, as BuildKit does."""
        named = {str(stage.index): stage.index for stage in self.stages}
        named |= {stage.alias.lower(): stage.index for stage in self.stages if stage.alias}
        taken = [(item.stage, item.flags.get("from", "")) for item in self.all("COPY") + self.all("RUN")]
        for item in self.all("RUN"):
            mounts = item.rest[:1_000] + " ".join(item.flags.values())[:1_000]
            taken += [(item.stage, name) for name in re.findall(r"from=([\w.-]{1,100})", mounts)]
        todo = [named.get(target.lower(), len(self.stages) - 1)]
        found: set[int] = set()
        while todo:
            index = todo.pop()
            if index in found or not 0 <= index < len(self.stages):
                continue
            found.add(index)
            of = self.stages[index].of
            todo += [] if of is None else [of]
            todo += [named[name.lower()] for stage, name in taken if stage == index and name.lower() in named]
        return found

    def _final(self, name: str) -> list[Instruction]:
        # The final image inherits the settings of the stages that it builds on.
        chain, index = set(), len(self.stages) - 1
        while True:
            chain.add(index)
            of = self.stages[index].of
            if of is None:
                break
            index = of
        return [item for item in self.all(name) if item.stage in chain]

    @property
    def entrypoint(self) -> Command | None:
        """The ENTRYPOINT of the final image, if any."""
        found = self._final("ENTRYPOINT")
        return found[-1].command if found else None

    @property
    def cmd(self) -> Command | None:
        """The CMD of the final image, if any."""
        found = self._final("CMD")
        return found[-1].command if found else None

    @property
    def runs(self) -> list[Instruction]:
        """Every RUN; `.command.text` is what it runs, heredocs included."""
        return self.all("RUN")

    @cached_property
    def copies(self) -> tuple[Copy, ...]:
        """Every COPY and ADD."""
        return tuple(as_copy(item) for item in self.instructions if item.name in ("COPY", "ADD"))

    @property
    def users(self) -> list[str]:
        """The USERs of the final image, in order."""
        return [item.rest for item in self._final("USER")]

    @property
    def workdirs(self) -> list[str]:
        """The WORKDIRs of the final image, in order."""
        return [item.rest.strip("\"'") for item in self._final("WORKDIR")]

    @property
    def env(self) -> dict[str, str]:
        """The ENV of the final image."""
        found: dict[str, str] = {}
        for item in self._final("ENV"):
            found.update(pairs(item.value))
        return found

    @property
    def exposed(self) -> list[str]:
        """The EXPOSEd ports of the final image, as written, without protocol."""
        words = [word for item in self._final("EXPOSE") for word in item.rest.split()]
        return [_substitute(word, self.env).partition("/")[0] or word for word in words]

    def evidence(self, where: object = None, text: str = "") -> Evidence:
        """Return evidence at a line, an instruction, stage or copy, or the first instruction of a name (`"FROM"`)."""
        if isinstance(where, str):
            first = self.all(where)
            where = first[0].line if first else None
        line = where if isinstance(where, int) else getattr(where, "line", None)
        lines = self.text.split("\n")
        if not text and line and 0 < line <= len(lines):
            text = lines[line - 1].strip()
        return evidence(self.path, line, text)


def _stage(item: Instruction, values: dict[str, str], earlier: list[ImageStage]) -> ImageStage:
    match = _FROM.match(item.rest)
    raw, alias = (match.group("image"), match.group("alias") or "") if match else ("", "")
    name = _substitute(raw.strip("\"'"), values)
    # A `:` before the last `/` is a registry's port; only one after it starts the tag.
    reference, _, digest = name.partition("@")
    image, colon, tag = reference.rpartition(":")
    if not colon or "/" in tag:
        image, tag = reference, ""
    of = next(
        (old.index for old in reversed(earlier) if old.alias and old.alias.lower() == name.lower()), None
    )
    return ImageStage(item.stage, image, tag, digest, alias, item.line, raw, of)


def as_copy(item: Instruction) -> Copy:
    """Return a COPY or ADD with its sources and target."""
    words = item.json_list or tuple(word.strip("\"'") for word in item.rest.split())
    sources = tuple(word for word in words[:-1])
    return Copy(
        item.name, sources, words[-1] if words else "", item.flags.get("from", ""), item.line, item.stage
    )


def pairs(value: str) -> dict[str, str]:
    """Return the pairs of `A=1 B="two words"`, of the old `A 1`, and of ARG's bare `A` (without a value: skipped)."""
    first = value.split(None, 1)
    if first and "=" not in first[0]:
        return {first[0]: first[1].strip()} if len(first) == 2 and "=" not in first[1] else {}
    return {key: _unquoted(text) for key, text in _PAIR.findall(value)}


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def _substitute(text: str, values: Mapping[str, str]) -> str:
    """Return the text with `$A`, `${A}`, `${A:-default}` and `${A:+other}` replaced once; an unset variable is empty."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1) or match.group(2)
        found, sign, other = values.get(name, ""), match.group(3), match.group(4) or ""
        if sign == "+":
            return other if found else ""
        return found or (other if sign == "-" else "")

    # A chain of ARGs that each double the previous one would grow without bound.
    return _VARIABLE.sub(value, text)[:4096]


def filled(text: str, values: Mapping[str, str]) -> str | None:
    """Return the text with its variables replaced; None if the value of one is not known and it has no default."""
    for match in _VARIABLE.finditer(text):
        if (match.group(1) or match.group(2)) not in values and not match.group(3):
            return None
    return _substitute(text, values)
