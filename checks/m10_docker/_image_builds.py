"""M10: why an image could not be built, as far as files tell; and what it has installed in the end."""

import posixpath
import re
import shlex
from itertools import pairwise

from ._common import fitting, missing
from ._known_bases import base_problem, brought_by, is_system_package, knows_program

_SPLIT = re.compile(r"&&|\|\||[;|\n]|(?<!&)&(?!&)")
_PIP = re.compile(r"(?:\S*python3?(?:\.\d+)? -m |uv )?(?:\S*/)?pip3?(?:\.\d+)? (?:-\S+ )*install\b")
_MAYBE = re.compile(r"\s*(?:then|else|elif|do|if|while|until)\b")
#: What brings programs that its words name: packages, or what an address is called.
_INSTALLER = re.compile(
    r"python3?(?:\.\d+)?|pip3?(?:\.\d+)?|pipx|uv|poetry|pdm|conda|mamba|micromamba|npm|curl|wget|ADD"
)
_APT = re.compile(r"\b(?:apt|apt-get|apk)\b(?:\s+-\S+)*\s+(?:install|add)\b(?P<rest>.*)")
_PROJECT = (".", "./", "/app", "$PWD", "${PWD}")
_DESCRIBED = ("pyproject.toml", "setup.py", "setup.cfg")
#: Options of apt and apk that have a value of their own.
_VALUED = {"-t", "--target-release", "-o", "--option", "-c", "--virtual", "-X", "--repository"}


def image_of(submission, dockerfile):
    """The image as it is built from the context in which most of what it copies is found."""
    return fitting(submission, dockerfile)[0]


def commands_of(run):
    """The commands of a RUN: their words, and whether they may not run, or may fail."""
    text = run.command.text[:20_000].replace("\\\n", " ")
    parts, found = re.split(f"({_SPLIT.pattern})", text), []
    for at in range(0, len(parts), 2):
        part, around = parts[at], parts[max(at - 1, 0) : at + 2]
        forgiven = "||" in around or bool(_MAYBE.match(part))
        try:
            words = shlex.split(part, comments=True)
        except ValueError:
            words = part.split()
        while words and re.fullmatch(r"[A-Za-z_]\w*=.*|\(|\{|!|then|else|do|if|sudo", words[0]):
            words = words[1:]
        if words:
            found.append((words, forgiven))
    return found


def _layers_at(submission, image, line):
    """The files of the image as they are when the instruction of a line begins."""
    dockerfile = image.dockerfile
    text = "\n".join(dockerfile.text.split("\n")[: line - 1])
    cut = type(dockerfile)(dockerfile.path, text)
    return next(one for one in submission.images(cut) if one.context == image.context).layers


def build_problems(submission, dockerfile):
    """Why the image cannot be built: evidence, at most ten; empty if nothing speaks against it."""
    image, found = image_of(submission, dockerfile), []
    built = dockerfile.built_stages()
    names = {command.words[at + 1].partition(":")[0] for command, at in _tags(submission)}
    for stage in dockerfile.stages:
        if stage.index in built and (why := base_problem(stage, names)):
            found.append(dockerfile.evidence(stage.line, why))
    found += [
        dockerfile.evidence(copy.line, f"{source} {what}")
        for copy, source, what in missing(submission, image)
        if copy.stage in built
    ]
    bases = [stage.image for stage in dockerfile.stages]
    bases += [copy.from_stage for copy in dockerfile.copies if copy.from_stage]
    installed = set()
    for run in dockerfile.runs:
        if run.stage in built:
            found += [
                dockerfile.evidence(run.line, why)
                for why in _run_problems(submission, image, run, bases, installed)
            ]
    for item in dockerfile.all("ENTRYPOINT")[-1:] + dockerfile.all("CMD")[-1:]:
        words = item.command.words if item.command.form == "exec" else item.command.text.split()
        name = words[0] if words else ""
        first = item.name == "ENTRYPOINT" or dockerfile.entrypoint is None
        if first and re.fullmatch(r"[\w.+-]+", name) and not knows_program(name, bases, installed):
            found.append(dockerfile.evidence(item.line, f"`{name}` is not installed in the image"))
    return found[:10]


def _tags(submission):
    for command in submission.running("docker build", "docker buildx", "podman build"):
        for at, word in enumerate(command.words[:-1]):
            if word in ("-t", "--tag"):
                yield command, at


def _run_problems(submission, image, run, bases, installed):
    """What of a RUN can only fail. What it installs is added to `installed`."""
    layers = None
    for words, forgiven in commands_of(run):
        name, why = words[0], ""
        system = _APT.search(" ".join(words))
        if forgiven:
            pass
        elif name in ("exit", "false", "return"):
            why = (
                "" if name != "false" and words[1:2] in ([], ["0"]) else f"`{' '.join(words)}` ends the build"
            )
        elif system:
            unknown = [one for one in _packages(system["rest"]) if not is_system_package(one)]
            why = f"no system package `{unknown[0]}` that we know of" if unknown else ""
        elif "/" not in name and "$" not in name and not knows_program(name, bases, installed):
            why = f"`{name}` is not installed when this runs"
        elif wanted := _wanted_files(submission, words):
            layers = layers or _layers_at(submission, image, run.line)
            absent = [] if "type=bind" in run.value else [one for one in wanted if _is_absent(layers, one)]
            why = f"{absent[0]} is not in the image when this runs" if absent else ""
        if why:
            yield why
        if system:
            installed.update(_packages(system["rest"]))
        elif _INSTALLER.fullmatch(name.rpartition("/")[2]):
            installed.update(re.findall(r"[A-Za-z][\w.-]+", " ".join(words[1:])))


def _is_absent(layers, path):
    return layers.find(layers.at(path)) is None and not layers.folders & {layers.at(path)}


def _packages(text):
    found, skip = [], False
    for word in text.split():
        if not skip and not word.startswith(("-", "$", ".", "\\", "/")):
            found.append(word)
        skip = word in _VALUED
    return found


def _wanted_files(submission, words):
    """The files that have to be there when a command installs something."""
    found = [after for word, after in pairwise(words) if word in ("-r", "--requirement")]
    found += [word.partition("=")[2] for word in words if word.startswith("--requirement=")]
    is_sync = words[:2] == ["uv", "sync"]
    if is_sync or installs_project(words):
        found += [name for name in _DESCRIBED if submission.exists(name)][:1]
    if is_sync and ({"--locked", "--frozen"} & set(words)):
        found.append("uv.lock")
    if installs_project(words) and submission.exists("pyproject.toml"):
        project = submission.toml("pyproject.toml").get("project")
        readme = project.get("readme") if isinstance(project, dict) else None
        found += [readme] if isinstance(readme, str) else []
    return found


def installs_project(words):
    """Whether a command installs the project itself: `pip install .`, `uv sync`."""
    if words[:2] == ["uv", "sync"]:
        return "--no-install-project" not in words
    if "install" not in words[:5] or not any(
        re.fullmatch(r"pip3?(?:\.\d+)?|poetry", word) for word in words[:4]
    ):
        return False
    if "poetry" in words[:2]:
        return "--no-root" not in words
    return any(re.fullmatch(r"\.(?:\[[\w,-]*\])?/?", word) or word in _PROJECT for word in words[2:])


def keeps_apart(words):
    """Whether a command installs dependencies without the project itself."""
    if words[:2] == ["uv", "sync"]:
        return "--no-install-project" in words
    text = " ".join(words)
    if "poetry" in words[:2] and "install" in words[:3]:
        return "--no-root" in words
    if _PIP.match(text):
        return "-r" in words or any(one.startswith("--requirement") for one in words)
    return bool(re.search(r"\b(?:conda|mamba|micromamba)\b.*\b(?:env|install|create|update)\b", text))


def installed(submission, dockerfile):
    """What the image has in the end: requirements by name with extras, and the line at which the project itself was installed."""
    image, built = image_of(submission, dockerfile), dockerfile.built_stages()
    names = [[name, []] for stage in dockerfile.stages for name in brought_by(stage)]
    line = 0
    for run in dockerfile.runs:
        if run.stage not in built:
            continue
        for words, _ in commands_of(run):
            if installs_project(words):
                line = run.line
            names += _names(submission, image, words)
    return names, line


def _names(submission, image, words):
    project = [
        one
        for one in submission.requirements
        if one.path.endswith(("pyproject.toml", "setup.py", "setup.cfg"))
    ]
    files = [path for path in _wanted_files(submission, words) if path.endswith((".txt", ".in"))]
    files = [known for path in files for known in _with_included(submission, image, path)]
    found = [one for one in submission.requirements if one.path in files]
    extras = {
        name for word in words for name in re.findall(r"[\w-]+", "".join(re.findall(r"\[(.*?)\]", word)))
    }
    extras |= {after for word, after in pairwise(words) if word in ("--extra", "--group")}
    everything = bool({"--all-extras", "--all-groups"} & set(words))
    if words[:2] == ["uv", "sync"]:
        extras |= set() if {"--no-dev", "--no-default-groups"} & set(words) else {"dev"}
    whole = installs_project(words) and "--no-deps" not in words
    if whole or words[:2] == ["uv", "sync"] or "pyproject.toml" in words:
        found += [one for one in project if everything or not one.group or one.group in extras]
    named = []
    if "install" in words[:5] and _PIP.match(" ".join(words)):
        at = words.index("install") + 1
        skip = False
        for word in words[at:]:
            if not skip and (
                match := re.match(r"([A-Za-z0-9][\w.-]*)(?:\[([\w,-]*)\])?(?=$|[=<>~!;@])", word)
            ):
                named.append([_plain(match[1]), (match[2] or "").split(",") if match[2] else []])
            skip = word in ("-r", "--requirement", "-c", "--index-url", "--extra-index-url", "-i", "-f")
    return [*([one.name, list(one.extras)] for one in found), *named]


def _with_included(submission, image, path):
    """The requirements files of the repository that a path of a RUN means: by its name, in the context; and what they include."""
    name, below = posixpath.basename(path), f"{image.context}/" if image.context else ""
    left = [one for one in submission.all_files if posixpath.basename(one) == name and one.startswith(below)][
        :3
    ]
    found = []
    while left and len(found) < 20:
        one = left.pop()
        if one not in found and submission.exists(one):
            found.append(one)
            included = re.findall(
                r"^\s*(?:-r|--requirement)[ =]*(\S+)", submission.text(one)[:50_000], re.MULTILINE
            )
            left += [posixpath.normpath(posixpath.join(posixpath.dirname(one), other)) for other in included]
    return found


def _plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()
