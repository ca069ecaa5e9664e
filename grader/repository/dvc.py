"""DVC in a repository: its folders, its remotes, and what `.dvc` files and pipelines keep out of git."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.parsing.plain_shapes import listed, records, table
from grader.repository.faults import Evidence, evidence, tolerant
from grader.repository.parsed_view import ParsedView

MAX_FILES = 500
MAX_ITEMS = 1_000
_REMOTE = re.compile(r"""^\[\s{0,5}['"]?remote\s{1,5}"([^"]{1,200})"['"]?\s{0,5}\]""")
_OPTION = re.compile(r"^([\w-]{1,60})\s{0,10}=\s{0,10}(.{0,500})$")


@dataclass(frozen=True)
class DvcRemote:
    """A remote, to which `dvc push` uploads data. `default` is set if `core.remote` names it."""

    name: str
    url: str
    path: str
    line: int
    default: bool = False

    @property
    def scheme(self) -> str:
        """`gs`, `s3`, `gdrive`, …; empty for a folder."""
        return self.url.partition("://")[0].lower() if "://" in self.url else ""

    @property
    def evidence(self) -> Evidence:
        """Where it is declared."""
        return evidence(self.path, self.line, f"{self.name}: {self.url}")


@dataclass(frozen=True)
class Output:
    """A file or folder that DVC keeps: `path` from the root of the repository, its hash, size in bytes, number of files.

    The hash is empty if the remote keeps the versions: then each file has its own.
    """

    path: str
    md5: str = ""
    size: int | None = None
    files: int | None = None


@dataclass(frozen=True)
class Metafile:
    """A `.dvc` file and what it tracks. `imported` is the source of `dvc import` or `import-url`."""

    path: str
    outs: tuple[Output, ...]
    imported: str = ""

    @property
    def evidence(self) -> Evidence:
        """The file, with what it tracks as text."""
        return evidence(self.path, None, ", ".join(out.path for out in self.outs))


@dataclass(frozen=True)
class DvcStage:
    """A stage of a `dvc.yaml`: its command, dependencies and outputs (paths from the root), and its line."""

    name: str
    command: str
    deps: tuple[str, ...]
    outs: tuple[str, ...]
    path: str
    line: int | None


@dataclass(frozen=True)
class Dvc:
    """The DVC files of a repository; every part is empty if there is none.

    folders: each `.dvc` folder. remotes: of `.dvc/config`, never of `config.local`. metafiles: `*.dvc`. stages: of each
    `dvc.yaml`. locked: outputs that a `dvc.lock` names.
    """

    folders: tuple[str, ...] = ()
    remotes: tuple[DvcRemote, ...] = ()
    metafiles: tuple[Metafile, ...] = ()
    stages: tuple[DvcStage, ...] = ()
    locked: tuple[Output, ...] = ()

    @property
    def tracked(self) -> list[str]:
        """Paths that DVC keeps out of git, sorted: of `.dvc` files and of pipelines."""
        paths = [out.path for file in self.metafiles for out in file.outs]
        paths += [out.path for out in self.locked] + [out for stage in self.stages for out in stage.outs]
        return sorted(set(paths))


def read_dvc(view: ParsedView) -> Dvc:
    """Return the DVC files of a repository; files that cannot be read are skipped."""
    folders = {found for path in view.all_files if (found := _folder(path))}
    remotes = [
        remote
        for folder in sorted(folders)[:MAX_FILES]
        if view.exists(f"{folder}/config")
        for remote in _remotes(view, f"{folder}/config")
    ]
    metafiles = [
        file for path in view.files("**/*.dvc")[:MAX_FILES] if (file := _metafile(path, _mapping(view, path)))
    ]
    stages = [
        stage for path in view.files("**/dvc.yaml")[:50] for stage in _stages(path, _mapping(view, path))
    ]
    locked = [out for path in view.files("**/dvc.lock")[:50] for out in _locked(path, _mapping(view, path))]
    return Dvc(
        tuple(sorted(folders)), tuple(remotes), tuple(metafiles), tuple(stages), tuple(locked[:MAX_ITEMS])
    )


def _folder(path: str) -> str:
    folders = path.split("/")[:-1]
    return "/".join(folders[: folders.index(".dvc") + 1]) if ".dvc" in folders else ""


def _remotes(view: ParsedView, path: str) -> list[DvcRemote]:
    lines = tolerant(view.lines, path) or []
    section, default, core = "", "", False
    found: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(lines[:MAX_ITEMS], start=1):
        text = line.strip()
        if text.startswith("["):
            remote = _REMOTE.match(text)
            section = remote.group(1) if remote else ""
            core = text.replace(" ", "").lower() == "[core]"
            if remote:
                found.setdefault(section, ("", number))
            continue
        option = _OPTION.match(text)
        if option is None:
            continue
        name, value = option.group(1).lower(), option.group(2).strip().strip("\"'")
        if section and name == "url":
            found[section] = (value, number)
        elif not section and name == "remote" and core:
            default = value
    return [DvcRemote(name, url, path, line, name == default) for name, (url, line) in found.items() if url]


def _mapping(view: ParsedView, path: str) -> dict[Any, Any]:
    return table(tolerant(view.yaml, path))


def _metafile(path: str, data: dict[Any, Any]) -> Metafile | None:
    folder = _below(posixpath.dirname(path), data.get("wdir"))
    outs = tuple(_outputs(data.get("outs"), folder))
    if not outs:
        return None
    imported = ""
    for dep in records(data, "deps"):
        repo = dep.get("repo")
        imported = str(repo.get("url", "") if isinstance(repo, dict) else dep.get("path", ""))[:500]
    return Metafile(path, outs, imported)


def _outputs(items: Any, folder: str) -> Iterator[Output]:
    for item in records(items)[:MAX_ITEMS]:
        path = item.get("path")
        if isinstance(path, str) and path:
            size, count, files = item.get("size"), item.get("nfiles"), item.get("files")
            if isinstance(files, list):
                # A remote that keeps versions itself: each file is listed with its own hash.
                sizes = [one.get("size") for one in records(files)]
                size, count = sum(one for one in sizes if isinstance(one, int)), len(files)
            yield Output(
                _below(folder, path),
                str(item.get("md5") or item.get("etag") or "")[:100],
                size if isinstance(size, int) else None,
                count if isinstance(count, int) else None,
            )


def _stages(path: str, data: dict[Any, Any]) -> Iterator[DvcStage]:
    stages = table(data, "stages")
    for name, stage in list(stages.items())[:MAX_ITEMS]:
        if not isinstance(stage, dict):
            continue
        # `foreach: … do: {…}` nests the stage one level deeper.
        body = stage["do"] if isinstance(stage.get("do"), dict) else stage
        folder = _below(posixpath.dirname(path), body.get("wdir"))
        command = body.get("cmd")
        text = " && ".join(map(str, command)) if isinstance(command, list) else str(command or "")
        outs = [
            out
            for key in ("outs", "metrics", "plots")
            for out in _paths(body.get(key), folder, cached=key == "outs")
        ]
        lines = getattr(stages, "lines", {})
        yield DvcStage(
            str(name)[:200],
            text[:1000],
            tuple(_paths(body.get("deps"), folder)),
            tuple(outs),
            path,
            lines.get(name),
        )


def _paths(items: Any, folder: str, *, cached: bool = True) -> Iterator[str]:
    """Yield the paths of a list of texts and of `path: {settings}`, without `cache: false`; texts only if `cached`."""
    for item in listed(items)[:MAX_ITEMS]:
        if isinstance(item, str) and cached:
            yield _below(folder, item)
        elif isinstance(item, dict):
            for path, settings in item.items():
                keeps = isinstance(settings, dict) and settings.get("cache", True) is not False
                if isinstance(path, str) and (keeps or not isinstance(settings, dict)):
                    yield _below(folder, path)


def _locked(path: str, data: dict[Any, Any]) -> Iterator[Output]:
    for stage in list(table(data, "stages").values())[:MAX_ITEMS]:
        yield from _outputs(table(stage).get("outs"), posixpath.dirname(path))


def _below(folder: str, path: Any) -> str:
    """Return a path in a folder of the repository relative to its root; a path that leaves it stays as written."""
    if not isinstance(path, str) or not path:
        return folder
    joined = posixpath.normpath(posixpath.join(folder, path[:500]))
    return joined if not joined.startswith(("..", "/")) else path[:500]
