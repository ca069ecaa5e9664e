"""What is in an image: its Dockerfile followed instruction by instruction from a build context, never built."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.repository.faults import Evidence
from grader.repository.formats.dockerfile import Copy, Dockerfile, ImageStage, as_copy, filled, pairs
from grader.repository.formats.dockerfile_text import Instruction
from grader.repository.globs import matches
from grader.repository.images.builds import Build
from grader.repository.images.dockerignore import keeps_out, rules
from grader.repository.images.layers import Layers
from grader.repository.parsed_view import ParsedView

#: Maximum number of images that build on each other, of stages that are followed, and of sources that are told.
MAX_BASES = 5
MAX_STAGES = 50
MAX_SOURCES = 200
_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_PROGRAMS = (".py", ".sh")
_REMOTE = re.compile(r"(?:https?|git|ssh)://|git@")


@dataclass(frozen=True)
class BuiltImage:
    """An image as built from a context: a folder of the repository (`""` is the root), guessed where `place` is None.

    `sources` are its copies from the context, each with a path relative to it; `ignored` the rules of its .dockerignore.
    """

    dockerfile: Dockerfile
    context: str
    place: Evidence | None
    ignored: tuple[str, ...]
    args: Mapping[str, str] = field(default_factory=dict)
    sources: list[tuple[Copy, str]] = field(default_factory=list)
    layers: Layers = field(default_factory=Layers)
    on_build: list[Instruction] = field(default_factory=list)

    def keeps_out(self, source: str) -> bool:
        """Return whether .dockerignore keeps a path out of the build."""
        return keeps_out(source, self.ignored)

    def in_repository(self, source: str) -> str:
        """Return the path of what is copied, from the root of the repository."""
        return posixpath.normpath(posixpath.join(self.context, source))


def images(
    view: ParsedView, dockerfile: Dockerfile, builds: Sequence[Build], depth: int = 0
) -> list[BuiltImage]:
    """Return the image for each build that the repository declares; if there is none, for each likely context.

    The likely ones are the root, and each folder from that of the Dockerfile up.
    """
    declared = {
        (one.context, tuple(sorted(one.args.items()))): one
        for one in builds
        if one.dockerfile == dockerfile.path
    }
    found = [
        BuiltImage(dockerfile, one.context, one.place, rules(view, dockerfile.path, one.context), one.args)
        for one in declared.values()
    ]
    if not found:
        above = [posixpath.dirname(dockerfile.path)]
        while above[-1]:
            above.append(posixpath.dirname(above[-1]))
        guesses = dict.fromkeys(["", *above])
        found = [BuiltImage(dockerfile, one, None, rules(view, dockerfile.path, one)) for one in guesses]
    return [_Follower(view, image, builds, depth).image() for image in found]


class _Follower:
    """Follows one Dockerfile."""

    def __init__(self, view: ParsedView, image: BuiltImage, builds: Sequence[Build], depth: int) -> None:
        self.view, self._image, self.builds, self.depth = view, image, builds, depth
        self._args: dict[str, str] = {}
        self._stages: list[Layers] = []
        self._now = Layers()
        prefix = f"{image.context}/" if image.context else ""
        names = [path.removeprefix(prefix) for path in view.all_files if path.startswith(prefix)]
        sent = [name for name in names if not keeps_out(name, image.ignored)] if image.ignored else names
        self._context = Layers(files={f"/{name}": prefix + name for name in sent})

    def image(self) -> BuiltImage:
        for item in self._image.dockerfile.instructions:
            self._follow(item)
        return replace(self._image, layers=self._now)

    def _follow(self, item: Instruction) -> None:
        now = self._now
        if item.name == "FROM":
            self._from(self._image.dockerfile.stages[item.stage])
        elif item.name == "ARG":
            self._arg(item)
        elif item.name == "ENV":
            for name, text in pairs(item.value).items():
                value = filled(text, now.values)
                if value is None:
                    now.values.pop(name, None)
                else:
                    now.values[name] = value
        elif item.name == "WORKDIR":
            folder = filled(item.rest.strip("\"'"), now.values)
            if folder is None:
                now.open("/")
            else:
                now.here = now.at(folder)
                now.enter(now.here)
        elif item.name in ("COPY", "ADD"):
            self._copy(as_copy(item), item)
        elif item.name == "RUN":
            text = "\n".join(item.heredocs) if item.rest.startswith("<<") else item.command.words[0]
            text = " ".join(item.command.words) if item.command.form == "exec" else text
            now.run((filled(text, now.values) or text) if "$" in text else text)
        elif item.name == "ONBUILD":
            name, _, value = item.value.partition(" ")
            self._image.on_build.append(replace(item, name=name.upper(), value=value.strip()))

    def _from(self, stage: ImageStage) -> None:
        # What an earlier stage waits with is not for the images that build on the last one.
        self._image.on_build.clear()
        base = None if stage.of is not None else self._base(stage)
        if len(self._stages) >= MAX_STAGES:
            self._now = Layers(opened={"/"})
        elif stage.of is not None:
            self._now = self._stages[stage.of].copy()
        elif base is not None:
            self._now = base.layers.copy()
        else:
            self._now = Layers(foreign="/" in stage.image)
        self._stages.append(self._now)
        for item in base.on_build if base else ():
            self._follow(item)

    def _base(self, stage: ImageStage) -> BuiltImage | None:
        """Return the image of the repository's own that a stage builds on."""
        named = [one for one in self.builds if one.tag and _name(one.tag) == _name(stage.image)]
        for build in named if self.depth < MAX_BASES else ():
            for dockerfile in self.view.dockerfiles():
                if dockerfile.path == build.dockerfile != self._image.dockerfile.path:
                    return images(self.view, dockerfile, [build], self.depth + 1)[0]
        return None

    def _arg(self, item: Instruction) -> None:
        known = self._args if item.stage < 0 else self._now.values
        given = pairs(item.value)
        for name in given or [item.value.strip()]:
            default = filled(given[name], known) if name in given else self._args.get(name)
            value = self._image.args.get(name, default)
            if value is not None:
                known[name] = value

    def _copy(self, copy: Copy, item: Instruction) -> None:
        now = self._now
        dest = filled(copy.dest, now.values)
        if dest is None:
            now.open("/")
            dest = "/"
        into = now.into(dest, many=len(copy.sources) > 1)
        target = now.at(dest)
        origin = self._origin(filled(copy.from_stage, now.values))
        for raw in copy.sources:
            source = filled(raw, now.values) if not raw.startswith("<<") else raw
            if raw.startswith("<<"):
                name = re.sub(r"^<<-?|[\"']", "", raw)
                now.put(posixpath.join(target, name) if into else target, "")
            elif source is None or origin is None:
                now.open(target)
            elif _REMOTE.match(source) and not copy.from_stage:
                self._fetch(source, target, into)
            elif copy.from_stage:
                self._staged(source, target, origin, into, item)
            else:
                self._local(copy, source, target, into, item)

    def _staged(self, source: str, target: str, origin: Layers, into: bool, item: Instruction) -> None:
        """Copy from an earlier stage: what a pattern means there, else what may be there."""
        path = Layers().at(source)
        is_pattern = any(char in path for char in "*?[")
        entries = _entries(origin, path) if is_pattern else [path]
        for entry in entries:
            if not self._now.place(entry, target, origin, into=into or is_pattern, excluded=item.excluded):
                self._now.open(target)
        suffix = posixpath.splitext(path)[1]
        # What is not known to be there may be: but `*.whl` brings no program.
        if not entries and (not suffix or suffix in _PROGRAMS or "*" in suffix):
            self._now.open(target)

    def _origin(self, named: str | None) -> Layers | None:
        """Return where a COPY takes files from: the context, or an earlier stage; None for an image from elsewhere."""
        if not named:
            return self._context if named is not None else None
        for stage in self._image.dockerfile.stages[: len(self._stages) - 1]:
            if named.lower() in (stage.alias.lower(), str(stage.index)):
                return self._stages[stage.index]
        return None

    def _fetch(self, source: str, target: str, into: bool) -> None:
        address = source.partition("#")[0]
        if address.endswith(".git") or address.startswith("git@"):
            self._now.open(target)
        else:
            self._now.put(posixpath.join(target, posixpath.basename(address)) if into else target, "")

    def _local(self, copy: Copy, raw: str, target: str, into: bool, item: Instruction) -> None:
        # Docker drops what would lead out of the context, and the first slash.
        source = posixpath.normpath(f"/{raw.lstrip('/')}").lstrip("/") or "."
        if len(self._image.sources) < MAX_SOURCES:
            self._image.sources.append((copy, source))
        if copy.instruction == "ADD" and source.endswith(_ARCHIVES):
            self._now.open(target)
            return
        parents = "parents" in item.flags
        for entry in self._entries(source):
            dest = posixpath.join(target, entry.lstrip("/")) if parents else target
            single = parents and entry in self._context.files
            inside = (into or entry != f"/{source}") and not single
            self._now.place(entry, dest, self._context, into=inside, excluded=item.excluded)

    def _entries(self, source: str) -> list[str]:
        """Return the files and folders of the context that a source names."""
        if not any(char in source for char in "*?["):
            return [f"/{source}" if source != "." else "/"]
        return _entries(self._context, f"/{source}")


def _entries(layers: Layers, pattern: str) -> list[str]:
    """Return the files and folders that a pattern means."""
    found: dict[str, None] = {}
    for path in layers.files:
        parts = path.strip("/").split("/")
        name = "/".join(parts[: pattern.count("/")])
        if matches(name, pattern.lstrip("/")):
            found[f"/{name}"] = None
    return list(found)


def _name(image: str) -> str:
    """Return the name of an image without its tag."""
    name, colon, tag = image.partition("@")[0].rpartition(":")
    return name if colon and "/" not in tag else image
