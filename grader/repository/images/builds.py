"""The builds of images that a repository declares: which Dockerfile, from which build context, under which name."""

# Tables of names read best as words.
# ruff: noqa: SIM905

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.parsing.plain_shapes import records, table
from grader.repository.commands.shell_command import ShellCommand
from grader.repository.faults import Evidence, evidence, tolerant
from grader.repository.formats.hcl import parse_hcl
from grader.repository.formats.shell import shell_commands
from grader.repository.images.bake_files import bake_targets
from grader.repository.parsed_view import ParsedView

MAX_BUILDS = 200
#: Maximum number of commands that are tried, of folders that they may run in, and of unknown parts of a path.
MAX_TRIED = 500
MAX_FOLDERS = 20
MAX_UNKNOWN = 3
MAX_README = 200_000
_DOCKER = re.compile(r"docker|podman|nerdctl|buildah|finch")
_BUILD = ("build", "bud")
#: Options without a value: what follows one of them is the build context.
_SWITCHES = frozenset(
    "--no-cache --pull --push --load --quiet -q --rm --force-rm --squash --compress --check --debug -D --async --no-source "
    "--suppress-logs --allow-unauthenticated --no-allow-unauthenticated".split()
)
#: A part of a path that is not known here: `${{ matrix.name }}`, `$(NAME)`, `${NAME}`, `$NAME`, an f-string's `{}`.
_UNKNOWN = re.compile(r"\$\{\{[^{}]{1,200}\}\}|\$\([\w ]{1,60}\)|\$\{\w{1,60}\}|\$\w{1,60}|\{\}")
_DEFAULTED = re.compile(r"\$\{\w{1,60}:?-([^{}]{0,200})\}")
_ROOT = re.compile(r"(?:\$\{\{\s?github\.workspace\s?\}\}|\$\{?GITHUB_WORKSPACE\}?|\$\{?PWD\}?)(?:/|$)")
_READMES = ("*.md", "docs/**/*.md", "**/README.md")
_TYPED = re.compile(
    r"(?:^[ \t>$]{0,8}|`[$ ]{0,2})(?=docker |podman |gcloud |cd )([^`\n]{1,500})", re.MULTILINE
)


@dataclass(frozen=True)
class Build:
    """A build: the paths of the Dockerfile and of the context (`""` is the root), its name, arguments, and where it is said."""

    dockerfile: str
    context: str
    place: Evidence
    tag: str = ""
    args: Mapping[str, str] = field(default_factory=dict)


def builds(view: ParsedView, commands: list[ShellCommand]) -> list[Build]:
    """Return the builds of Dockerfiles of the repository: by commands, workflows, Compose and Bake, development containers."""
    found: list[Build] = []
    for read in (_composed, _baked, _by_action, _devcontainers):
        found += read(view)
    found += _by_commands(view, [*commands, *_typed(view)])
    return found[:MAX_BUILDS]


def _resolved(
    view: ParsedView,
    base: str,
    dockerfile: str,
    context: str,
    place: Evidence,
    *,
    tag: str = "",
    args: Mapping[str, str] | None = None,
) -> Iterator[Build]:
    """Yield the builds of the Dockerfiles that a path may name; an unknown part stands for the same text wherever it stands."""
    wanted, folder = (_path(base, text) for text in (dockerfile, context))
    if wanted is None or folder is None:
        return
    marks = _UNKNOWN.findall(wanted)
    known = [one.path for one in view.dockerfiles()]
    if len(marks) > MAX_UNKNOWN or (not marks and wanted not in known):
        return
    names: dict[str, str] = {}
    pattern = ""
    for at, part in enumerate(_UNKNOWN.split(wanted)):
        if at:
            mark = marks[at - 1]
            pattern += f"(?P={names[mark]})" if mark in names and mark != "{}" else f"(?P<g{at}>[^/]+)"
            names.setdefault(mark, f"g{at}")
        pattern += re.escape(part)
    for path in known if marks else [wanted]:
        match = re.fullmatch(pattern, path)
        if match:
            filled = folder
            for mark, group in names.items():
                filled = filled.replace(mark, match[group])
            if not _UNKNOWN.search(filled):
                yield Build(path, "" if filled == "." else filled, place, tag, args or {})


def _path(base: str, text: str) -> str | None:
    """Return a path below the root; None for what lies elsewhere."""
    text = _DEFAULTED.sub(r"\1", text.strip()[:500]).replace("\\", "/")
    at_root = _ROOT.match(text)
    text = "./" + text[at_root.end() :] if at_root else text
    if "://" in text or text.startswith(("/", "git@", "~")) or text in ("", "-"):
        return None
    path = posixpath.normpath(posixpath.join("" if at_root else base, text))
    return None if path.startswith("../") or path == ".." else path


def _texts(data: Any) -> dict[str, str]:
    """Return the pairs of a mapping, or of a list of `NAME=value`."""
    if isinstance(data, list):
        data = dict(str(item).split("=", 1) for item in data if "=" in str(item))
    return {str(key): str(value) for key, value in table(data).items()}


def _composed(view: ParsedView) -> Iterator[Build]:
    for path in view.files("**/*compose*.yml", "**/*compose*.yaml"):
        for service in table(tolerant(view.yaml, path), "services").values():
            build = table(service).get("build")
            build = {"context": build} if isinstance(build, str) else build
            if not isinstance(build, dict):
                continue
            context = str(build.get("context") or ".")
            place = evidence(path, getattr(service, "lines", {}).get("build"), f"context: {context}")
            yield from _resolved(
                view,
                posixpath.dirname(path),
                posixpath.join(context, str(build.get("dockerfile") or "Dockerfile")),
                context,
                place,
                tag=str(service.get("image") or ""),
                args=_texts(build.get("args")),
            )


def _baked(view: ParsedView) -> Iterator[Build]:
    for path in view.files("**/docker-bake*.hcl", "**/docker-bake*.json"):
        is_hcl = path.endswith(".hcl")
        data = parse_hcl(tolerant(view.text, path) or "") if is_hcl else tolerant(view.json, path)
        for target in bake_targets(data):
            place = evidence(path, None, f"target {target.name}: {target.context}")
            # Bake runs beside its file mostly, or in the root.
            for base in dict.fromkeys([posixpath.dirname(path), ""]):
                found = [
                    one
                    for tag in target.tags or ("",)
                    for one in _resolved(
                        view, base, target.dockerfile, target.context, place, tag=tag, args=target.args
                    )
                ]
                yield from found
                if found:
                    break


def _by_action(view: ParsedView) -> Iterator[Build]:
    for workflow in view.workflows():
        for step in workflow.steps:
            if step.action == "docker/build-push-action":
                context = step.with_.get("context") or "."
                file = step.with_.get("file") or posixpath.join(context, "Dockerfile")
                args = _texts(step.with_.get("build-args", "").split("\n"))
                tag = step.with_.get("tags", "").partition("\n")[0]
                place = workflow.evidence(step)
                yield from _resolved(
                    view, "", _spaceless(file), _spaceless(context), place, tag=tag, args=args
                )


def _spaceless(text: str) -> str:
    return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", r"${{\1}}", text[:500])


def _devcontainers(view: ParsedView) -> Iterator[Build]:
    for path in view.files("**/.devcontainer/**/devcontainer.json", "**/.devcontainer.json"):
        build = table(tolerant(view.json, path), "build")
        if build.get("dockerfile"):
            context = str(build.get("context") or ".")
            yield from _resolved(
                view,
                posixpath.dirname(path),
                str(build["dockerfile"]),
                context,
                evidence(path, None, context),
            )


def _typed(view: ParsedView) -> Iterator[ShellCommand]:
    """Yield the commands that the documentation gives."""
    for path in view.files(*_READMES)[:50]:
        text = re.sub(r"\\\n\s*", " ", (tolerant(view.text, path) or "")[:MAX_README])
        for match in _TYPED.finditer(text):
            for _, words in shell_commands(match[1]):
                yield ShellCommand(words, "readme", path, None)


def _by_commands(view: ParsedView, commands: list[ShellCommand]) -> Iterator[Build]:
    built = [(command, *one) for command in commands for one in _built(command)]
    if built:
        folders = _folders(view, commands)
        for command, dockerfile, context, tag, args in built[:MAX_TRIED]:
            own = [command.folder] if command.folder else []
            above = [posixpath.dirname(command.path)]
            while above[-1]:
                above.append(posixpath.dirname(above[-1]))
            # A command runs where its step says, or where a `cd` led; else mostly in the root, which is the last of these.
            for base in [*own, *folders.get(command.path, [])[:MAX_FOLDERS], *above]:
                found = list(_resolved(view, base, dockerfile, context, command.evidence, tag=tag, args=args))
                yield from found
                if found:
                    break


def _folders(view: ParsedView, commands: list[ShellCommand]) -> dict[str, list[str]]:
    """Return by path the folders in which a file's commands may run: `cd x`, `dir: x` of Cloud Build, what is submitted to it."""
    found: dict[str, list[str]] = {}
    for command in commands:
        plain = command.plain
        if plain[:1] in (("cd",), ("pushd",)) and len(plain) > 1:
            here = found.setdefault(command.path, [])
            here[:0] = [posixpath.join(posixpath.dirname(command.path), plain[1]), plain[1]]
        elif command.runs("gcloud builds submit"):
            options, words = _options(plain[3:])
            for config in options.get("--config", [])[:1]:
                found.setdefault(posixpath.normpath(config), []).extend(words[:1])
    for path in {command.path for command in commands if command.source == "cloudbuild"}:
        for document in view.yaml_documents(path):
            for step in records(document, "steps"):
                if step.get("dir"):
                    found.setdefault(path, []).append(str(step["dir"]))
    return found


def _built(command: ShellCommand) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Yield Dockerfile, context, name and arguments of what a command builds."""
    plain = command.plain
    name = plain[0].rpartition("/")[2] if plain else ""
    at = next((at for at, word in enumerate(plain[:6]) if word in _BUILD), 0)
    if _DOCKER.fullmatch(name) and at and "compose" not in plain[:at]:
        options, words = _options(plain[at + 1 :])
        context = words[-1] if words else ""
    elif name == "executor":
        options, words = _options(plain[1:])
        context = next(iter(options.get("--context", options.get("-c", ["."])))).removeprefix("dir://")
    elif command.runs("gcloud builds submit") and "--config" not in command.text:
        options, words = _options(plain[3:])
        context = words[0] if words else "."
    elif command.runs("gcloud run deploy") and "--source" in command.text:
        options, words = _options(plain[3:])
        context = next(iter(options.get("--source", ["."])))
    else:
        return
    files = [*options.get("-f", ()), *options.get("--file", ()), *options.get("--dockerfile", ())]
    tags = [*options.get("-t", ()), *options.get("--tag", ()), *options.get("--destination", ())]
    args = _texts(options.get("--build-arg", []))
    for tag in tags or [""]:
        yield (files or [posixpath.join(context, "Dockerfile")])[0], context, tag, args


def _options(words: tuple[str, ...]) -> tuple[dict[str, list[str]], list[str]]:
    """Return the values of options by name, and the words that belong to none."""
    options: dict[str, list[str]] = {}
    rest: list[str] = []
    waiting = ""
    for word in words:
        if waiting:
            options.setdefault(waiting, []).append(word)
            waiting = ""
        elif word.startswith("-") and word != "-":
            name, equals, value = word.partition("=")
            if equals:
                options.setdefault(name, []).append(value)
            elif name not in _SWITCHES:
                waiting = name
        else:
            rest.append(word)
    return options, rest
