"""The grader's image: a base, the packages of suites and student processes, the suites themselves.

    /opt/grader/lib       what the suite's process imports, and `grader.suite`
    /opt/grader/student   what student processes may import beside their own environment
    /suites               the course's checks, readable by root only
    /submission, /work, /home/student, /environments   empty mount points

There are two images, so that rebuilding after an edit of a suite takes a second: `grader-runtime` holds the packages,
`grader` adds the suites. The tag is a digest of the content, computed before building: unchanged content is not rebuilt.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import requests
from docker.context import ContextAPI
from docker.errors import APIError, DockerException, ImageNotFound

import grader
from grader.errors import CourseError, SandboxError
from grader.sandbox.container import image_build as building
from grader.sandbox.container.base_image import LIBRARIES, Base, Interpreter, probe, resolve_base
from grader.sandbox.lock import IMAGE_LOCK
from grader.sandbox.runtime import STUDENT_PACKAGES, SUITE_PACKAGES, install_wheels
from grader.suite.module_ids import is_suite_folder
from grader.user_cache import cache_folder, exclusive

#: A connected client of a daemon: what holds one outside this package names it by this.
Client = docker.DockerClient

REPOSITORY = "grader"
RUNTIME_REPOSITORY = "grader-runtime"

#: Timeout in seconds for the daemon's first answer, and for later ones (a build step may be silent for long).
CONNECT_S = 5
ANSWER_S = 600

#: Packages of the grader that the suite's process imports, and modules beside them.
INSIDE = ("parsing", "repository", "secrets", "suite")
INSIDE_ALONE = ("__init__.py", "late_names.py")

#: Mount points and their modes: a tmpfs takes the mode of the folder that it covers, so student processes can
#: write to theirs.
MOUNT_POINTS = {"submission": 0o755, "environments": 0o755, "work": 0o1777, "home/student": 0o1777}

# Unchecked bytecode: a container's root is read-only, so sources cannot change.
# A base without Debian's packages, or a build without a network, goes without the libraries: what needs one is excused.
_RUNTIME_DOCKERFILE = """\
FROM {base}
RUN dpkg -s {libraries} >/dev/null 2>&1 || {{ apt-get update && apt-get install -y --no-install-recommends {libraries} \
    && rm -rf /var/lib/apt/lists/*; }} >/dev/null 2>&1; true
COPY layer/ /
RUN python3 -I -m compileall -q -j 0 "$(python3 -I -c 'import os; print(os.path.dirname(os.__file__))')" \\
    >/dev/null; \\
    python3 -I -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/grader >/dev/null; true
"""
_DOCKERFILE = """\
FROM {runtime}
COPY layer/ /
RUN python3 -I -m compileall -q --invalidation-mode unchecked-hash /opt/grader/lib/grader >/dev/null; \\
    umask 077; python3 -I -m compileall -q --invalidation-mode unchecked-hash /suites >/dev/null; true
"""


@dataclass(frozen=True)
class Image:
    """A built image. `digest` identifies its content; `id` is Docker's own."""

    tag: str
    digest: str
    id: str
    #: Version of its Python, major.minor.
    python: str
    #: Docker's name of the processor: amd64, arm64.
    arch: str
    #: Digest of the course's checks.
    course: str
    #: Version of the grader that built it.
    version: str
    runtime: str
    base: str
    #: True if its packages are the locked ones; the lock does not cover every Python version.
    locked: bool = True


def connect() -> docker.DockerClient:
    """Return a client of the Docker daemon that the `docker` command would use; its caller closes it.

    Raises:
        SandboxError: there is no daemon, or it does not answer.
    """
    try:
        context = ContextAPI.get_current_context()
        if context is not None and context.name != "default" and context.Host:
            client = docker.DockerClient(
                base_url=context.Host, tls=context.TLSConfig or False, timeout=CONNECT_S
            )
        else:
            client = docker.DockerClient.from_env(timeout=CONNECT_S)
        try:
            client.ping()
        except BaseException:
            client.close()
            raise
    except (DockerException, requests.RequestException, OSError) as problem:
        raise SandboxError(
            "No Docker daemon answers.", "Start Docker, or use `--sandbox local`."
        ) from problem
    client.api.timeout = ANSWER_S
    return client


def ensure_image(
    course: Path, *, base: str = "auto", client: docker.DockerClient, progress: Callable[[str], None]
) -> Image:
    """Return the image for the current state of `course`; build it if it does not exist.

    Args:
        course: folder of the course pack.
        base: `auto`, `debian`, or the name of an image (`resolve_base`).
        progress: called with a line of text whenever something takes time.

    Raises:
        CourseError: the course has no suites.
        SandboxError: no base, no package index, or the Docker build failed.
    """
    checks = _suite_files(course / "checks")
    try:
        found = resolve_base(base, client=client, progress=progress)
        course_digest = _digest(_content(checks))
        runtime_digest = digest_of_runtime(found.id)
        digest = _digest([runtime_digest, course_digest, _DOCKERFILE, *_content(_engine_files())])
        tag, runtime = f"{REPOSITORY}:{digest[:12]}", f"{RUNTIME_REPOSITORY}:{runtime_digest[:12]}"
        image = built_image(client, tag)
        if image is not None:
            return image
        with exclusive(cache_folder() / "image.lock"):
            image = built_image(client, tag)
            if image is not None:
                return image
            if _labels(client, runtime) is None:
                _build_runtime(client, found, runtime, progress)
            progress("Adding the suites to the grader's image …")
            labels = (_labels(client, runtime) or {}) | {
                "grader.digest": digest,
                "grader.course": course_digest,
                "grader.version": grader.__version__,
                "grader.runtime": runtime,
            }
            layer = [(f"opt/grader/lib/grader/{name}", path, 0o644) for name, path in _engine_files().items()]
            layer += [(f"suites/{name}", path, 0o600) for name, path in checks.items()]
            building.build(client, tag, _DOCKERFILE.format(runtime=runtime), layer, {"suites": 0o700}, labels)
        image = built_image(client, tag)
    except (DockerException, requests.RequestException) as problem:
        raise SandboxError(
            f"Docker could not build the grader's image: {problem}", "Is the daemon up, and disk free?"
        ) from problem
    if image is None:
        raise SandboxError(f"The image {tag} vanished after it was built.", "Try again.")
    return image


def digest_of_runtime(base: str, libraries: Sequence[str] = LIBRARIES) -> str:
    """Return the digest of all that the run-time image on the base with the id `base` is made of."""
    sources = (Path(source).read_text(encoding="utf-8") for source in (building.__file__, __file__))
    lists = (libraries, SUITE_PACKAGES, STUDENT_PACKAGES)
    packages = [part for names in lists for part in ("--", *names)]
    parts = [base, _RUNTIME_DOCKERFILE, repr(MOUNT_POINTS), *sources, *packages]
    return _digest([*parts, IMAGE_LOCK.read_text(encoding="utf-8")])


def list_images(client: docker.DockerClient) -> list[Image]:
    """Return the grader's images on this machine, newest first."""
    found = client.api.images(name=REPOSITORY, filters={"label": "grader.digest"})
    tags = [
        tag
        for entry in sorted(found, key=lambda entry: -entry["Created"])
        for tag in entry.get("RepoTags") or ()
    ]
    images = [built_image(client, tag) for tag in tags if tag.startswith(f"{REPOSITORY}:")]
    return [image for image in images if image is not None]


def prune_images(client: docker.DockerClient, tags: Collection[str]) -> list[str]:
    """Remove the grader's images with these tags, and the run-time images that no other image needs; return the tags removed.

    Images used by a container stay. Base images stay: making one takes a minute.
    """
    with exclusive(cache_folder() / "image.lock"):
        images = list_images(client)
        needed = {image.runtime for image in images if image.tag not in tags}
        doomed = [image.tag for image in images if image.tag in tags]
        for entry in client.api.images(name=RUNTIME_REPOSITORY):
            doomed += [tag for tag in entry.get("RepoTags") or () if tag not in needed]
        removed = []
        for tag in doomed:
            try:
                client.api.remove_image(tag)
            except APIError:
                continue
            removed.append(tag)
        return removed


def _build_runtime(
    client: docker.DockerClient, base: Base, tag: str, progress: Callable[[str], None]
) -> None:
    interpreter: Interpreter = probe(base, client=client)
    progress(f"Building the grader's image on {base.name} with Python {interpreter.python} (once) …")
    if not interpreter.git:
        progress(f"{base.name} has no git: checks that need it inside will say so.")
    with tempfile.TemporaryDirectory(prefix="grader-image-") as folder:
        layer, locked = [], True
        for place, roots in {"lib": SUITE_PACKAGES, "student": STUDENT_PACKAGES}.items():
            target = Path(folder, place)
            if not install_wheels(roots, target, python=interpreter.python, arch=base.arch):
                locked = False
                progress(f"{', '.join(roots)}: not as locked, which is not for Python {interpreter.python}.")
            # Skip scripts: their shebangs name this machine's interpreter.
            files = _files(target, skip={"bin"})
            layer += [(f"opt/grader/{place}/{name}", path, 0o644) for name, path in files.items()]
            layer += [
                (f"opt/grader/{place}/bin/{path.name}", path, 0o755) for path in _binaries(target / "bin")
            ]
        labels = {"grader.python": interpreter.python, "grader.base": base.name}
        labels["grader.locked"] = "yes" if locked else "no"
        building.build(
            client,
            tag,
            _RUNTIME_DOCKERFILE.format(base=base.name, libraries=" ".join(LIBRARIES)),
            layer,
            dict(MOUNT_POINTS),
            labels,
        )


def _labels(client: docker.DockerClient, tag: str) -> dict[str, str] | None:
    try:
        attrs: dict[str, Any] = client.images.get(tag).attrs
    except ImageNotFound:
        return None
    return attrs["Config"].get("Labels") or {}


def built_image(client: docker.DockerClient, tag: str) -> Image | None:
    """Return the image that a daemon has under a tag, or None."""
    try:
        attrs: dict[str, Any] = client.images.get(tag).attrs
    except ImageNotFound:
        return None
    labels = attrs["Config"].get("Labels") or {}
    return Image(
        tag=tag,
        digest=labels.get("grader.digest", ""),
        id=attrs["Id"],
        python=labels.get("grader.python", ""),
        arch=attrs.get("Architecture") or "amd64",
        course=labels.get("grader.course", ""),
        version=labels.get("grader.version", ""),
        runtime=labels.get("grader.runtime", ""),
        base=labels.get("grader.base", ""),
        locked=labels.get("grader.locked") == "yes",
    )


def _suite_files(checks: Path) -> dict[str, Path]:
    """Return the files of the suites, and of `common`, which all suites may import."""
    folders = sorted(checks.iterdir()) if checks.is_dir() else []
    suites = [folder for folder in folders if is_suite_folder(folder.name)]
    if not any(_files(folder) for folder in suites):
        raise CourseError(
            f"No suites in {checks}.", "A course has them in checks, in folders called like `x01_slug`."
        )
    suites.append(checks / "common")
    return {f"{folder.name}/{name}": path for folder in suites for name, path in _files(folder).items()}


def _engine_files() -> dict[str, Path]:
    package = Path(grader.__file__).parent
    inside = {f"{part}/{name}": path for part in INSIDE for name, path in _files(package / part).items()}
    return {name: package / name for name in INSIDE_ALONE} | inside


def _files(folder: Path, skip: Collection[str] = ()) -> dict[str, Path]:
    """Return the regular files below `folder` by POSIX path; no bytecode, no hidden files, no links."""
    found = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if not hidden and parts[0] not in skip and path.is_file() and not path.is_symlink():
            found["/".join(parts)] = path
    return found


def _binaries(folder: Path) -> list[Path]:
    """Return the compiled programs of a folder, e.g. ruff; scripts are left out."""
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if path.is_file() and path.read_bytes()[:4] == b"\x7fELF"]


def _content(files: dict[str, Path]) -> list[str]:
    return [f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for name, path in sorted(files.items())]


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
