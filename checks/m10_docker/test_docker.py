"""M10: container images that build on a fresh clone, fast, small, without secrets, and the same tomorrow."""

import re

from grader.suite import SubmissionFault, check, measure, not_applicable, partial, work

from ._common import images, kept
from ._started_images import exercise_folders

_PIP = re.compile(r"\bpip3?(?:\.\d+)?\s+install\b(?P<arguments>.*)")
_UV_SYNC = re.compile(r"\buv\s+sync\b(?P<arguments>.*)")
_FROM_FILES = re.compile(
    r"\buv\s+sync\b|\bpoetry\s+install\b|\bpip3?\s+install\b.*(?:\s-r|\s--requirement|\s\.)"
)
_APT = re.compile(r"\bapt(?:-get)?\b.*\sinstall\b")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(?<!\.whl)(?<!\.gz)(?<!\.zip)(?:\[[\w,-]*\])?")
_TOOLS = {"pip", "setuptools", "wheel", "uv", "poetry", "pdm", "hatch", "build", "pipenv"}


@work("a Dockerfile: `Dockerfile*`, `*.dockerfile` or `*.docker`, in any folder")
def find_work(submission):
    faulty = [item.path for fault in submission.broken_dockerfiles for item in fault.evidence]
    paths = [dockerfile.path for dockerfile in submission.dockerfiles()] + faulty
    own = [path for path in paths if not submission.is_template(path)]
    if submission.profile == "project" or not submission.dockerfiles():
        return bool(own)
    return exercise_folders(submission) if own else False


def _commands(run):
    """The single commands of a RUN, as text; a hostile length is cut."""
    parts = re.split(r"&&|\|\||[;|\n]", run.command.text[:50_000])
    return [part.strip()[:2_000] for part in parts if part.strip()]


def _is_set(dockerfile, run, name):
    """Whether a variable is set for a RUN, by an ENV of its stage or in the command itself."""
    earlier = [
        item.value for item in dockerfile.all("ENV") if item.stage <= run.stage and item.line < run.line
    ]
    return any(name in text for text in [*earlier, run.command.text])


@check(
    "Every Dockerfile can be read",
    points=1,
    scope="project",
    questions=[15],
    hint="Run `docker build -f <file> .`: the first line of its complaint names the instruction that is wrong.",
)
def test_dockerfiles_are_readable(submission):
    faults = submission.broken_dockerfiles
    measure("n_dockerfiles", len(submission.dockerfiles()))
    for dockerfile in submission.dockerfiles():
        dockerfile.evidence("FROM")
    if faults:
        seen = [item for fault in faults for item in fault.evidence]
        raise SubmissionFault(" ".join(fault.message for fault in faults[:3]), seen)


@check(
    "Every image starts from a pinned base",
    points=1,
    scope="project",
    required=False,
    questions=[13, 15],
    hint="Write `FROM python:3.12-slim`, not `FROM python`: a tag (or a digest) keeps next month's build like today's.",
)
def test_base_images_are_pinned(submission):
    loose = [
        dockerfile.evidence(
            stage.line, f"{stage.raw}: the tag `latest`" if stage.tag else f"{stage.raw}: no tag"
        )
        for dockerfile in images(submission)
        for stage in dockerfile.stages
        if not stage.pinned
    ]
    assert not loose, loose


@check(
    "The code is copied after the dependencies are installed",
    points=1,
    scope="project",
    questions=[15],
    required=False,
    hint="Copy requirements.txt, pyproject.toml or uv.lock alone, install from them, and only then `COPY src/ src/`: "
    "an edited line of code then reuses the layer with the dependencies. With uv: `uv sync --no-install-project` first.",
)
def test_dependencies_come_before_the_code(submission):
    everything, code = [], []
    for dockerfile in images(submission):
        for install in [run for run in dockerfile.runs if any(map(_FROM_FILES.search, _commands(run)))]:
            for copy in dockerfile.copies:
                if copy.stage != install.stage or copy.line > install.line or copy.from_stage:
                    continue
                text = f"copied before the dependencies are installed in line {install.line}"
                if any(source.strip("/") in ("", ".", "*") for source in copy.sources):
                    everything.append(dockerfile.evidence(copy.line, f"the whole repository is {text}"))
                elif any(_holds_code(submission, source) for source in copy.sources):
                    code.append(dockerfile.evidence(copy.line, f"code is {text}"))
            # Later installs (the package itself, without its dependencies) need the code.
            break
    assert not everything, everything
    if code:
        partial(0.5, "Any change to the code installs every dependency again: copy the code later.", code)


def _holds_code(submission, source):
    folder = source.removeprefix("./").strip("/")
    return any(path.endswith(".py") for path in submission.files(f"{folder}/**"))


@check(
    "What an image installs has a version that the repository fixes",
    points=1,
    scope="project",
    questions=[13, 15],
    required=False,
    hint="Install from a file (`pip install -r requirements.txt`, `pip install .`, `uv sync --locked`), or name the version: "
    "`pip install dvc==3.59`.",
)
def test_installed_versions_are_declared(submission):
    loose, seen = [], False
    for dockerfile in images(submission):
        for run in dockerfile.runs:
            named = _named(submission, dockerfile, run)
            seen = seen or bool(named)
            for name in filter(_is_unpinned, named):
                loose.append(dockerfile.evidence(run.line, f"{name} is installed without a version"))
            for command in _commands(run):
                pip, sync = _PIP.search(command), _UV_SYNC.search(command)
                seen = seen or bool(pip or sync)
                if sync and not re.search(r"--(?:locked|frozen)\b", sync["arguments"]):
                    fixed = any(_is_set(dockerfile, run, name) for name in ("UV_LOCKED", "UV_FROZEN"))
                    text = "`uv sync` without `--locked` or `--frozen`"
                    loose += [] if fixed else [dockerfile.evidence(run.line, text)]
    assert not loose, loose
    if not seen:
        not_applicable("No image installs anything with pip or uv.")


def _named(submission, dockerfile, run):
    """What a RUN names for pip or uv to install."""
    place = ("dockerfile", dockerfile.path, run.line)
    commands = submission.commands
    found = [command for command in commands if (command.source, command.path, command.line) == place]
    # Without an index what is installed are the wheels that are there.
    found = [command for command in found if "--no-index" not in command.words]
    return [name for command in found for name in command.installs]


def _is_unpinned(name):
    return _NAME.fullmatch(name) and name.partition("[")[0].lower() not in _TOOLS


@check(
    "pip leaves no downloads behind in an image",
    points=1,
    scope="project",
    questions=[15],
    required=False,
    hint="`RUN pip install --no-cache-dir -r requirements.txt`, or keep the downloads outside of the image: "
    "`RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt`.",
)
def test_pip_keeps_no_cache(submission):
    installs = [
        (dockerfile, run, command)
        for dockerfile in images(submission)
        for run in dockerfile.runs
        if run.stage in kept(dockerfile)
        for command in _commands(run)
        if _fills_cache(command)
    ]
    if not installs:
        not_applicable("No image installs with pip.")
    cleaned = re.compile(r"\.cache|pip3?\s+cache\s+purge")
    left = [
        dockerfile.evidence(run.line)
        for dockerfile, run, command in installs
        if "--no-cache-dir" not in command
        and "type=cache" not in run.value
        and not cleaned.search(run.command.text)
        and not _is_set(dockerfile, run, "PIP_NO_CACHE_DIR")
    ]
    assert not left, left


def _fills_cache(command):
    pip = _PIP.search(command)
    if not pip or re.search(r"\buv\s+pip\b", command):
        return False
    return any(word not in _TOOLS for word in pip["arguments"].split() if not word.startswith("-"))


@check(
    "System packages leave no package lists behind",
    points=1,
    scope="project",
    questions=[15],
    required=False,
    hint="In one RUN: `apt-get update && apt-get install --no-install-recommends -y gcc && rm -rf /var/lib/apt/lists/*`. "
    "What a later RUN removes is still in the image.",
)
def test_apt_lists_are_removed(submission):
    installs = [
        (dockerfile, run)
        for dockerfile in images(submission)
        for run in dockerfile.runs
        if run.stage in kept(dockerfile) and any(map(_APT.search, _commands(run)))
    ]
    if not installs:
        not_applicable("No image installs packages with apt.")
    removed = re.compile(r"\brm\s.*/var/lib/apt")
    left = [
        dockerfile.evidence(run.line, "the package lists stay in this layer")
        for dockerfile, run in installs
        if not any(map(removed.search, _commands(run)))
        and not re.search(r"type=cache\S*/var/lib/apt", run.value)
    ]
    assert not left, left
    heavy = [
        dockerfile.evidence(run.line, "without --no-install-recommends")
        for dockerfile, run in installs
        if any(_APT.search(command) and "no-install-recommends" not in command for command in _commands(run))
    ]
    if heavy:
        partial(
            0.5, "apt installs recommended packages that nobody asked for: --no-install-recommends.", heavy
        )
