"""The sandbox for untrusted code: one hardened container per run.

No network, a read-only root, no capabilities except those that let the suite's process start and end processes of
another user, no new privileges, limits on memory, CPU, processes and output, and a deadline enforced from outside. The
suite's process reads its job from stdin and writes events to stdout, which student code never has access to.
"""

from __future__ import annotations

import contextlib
import json
import logging
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException
from docker.utils.socket import frames_iter

import grader
from grader.errors import SandboxError
from grader.sandbox.container.image import Image, built_image, connect
from grader.sandbox.container.orphans import OWNER_LABEL, remove_owned
from grader.sandbox.owners import owner
from grader.sandbox.protocol import Event, Job, Room, RunOutcome, job_document
from grader.sandbox.stream import EventStream
from grader.settings import Limits

_log = logging.getLogger(__name__)

UID_LABEL = "grader.student_uid"
#: Within the first 65,536 ids, so that it works under a remapped user namespace too.
STUDENT_UIDS = range(20_000, 60_000)
#: How often a user id is chosen before a run is given up: the others' containers are few beside the ids.
_CHOICES = 50
CAPABILITIES = ("SETUID", "SETGID", "KILL")
BOOT = (
    "import sys; sys.path.insert(0, '/opt/grader/lib'); from grader.suite.run import main; sys.exit(main())"
)
#: The name of the machine that the students' code runs on.
HOST = "sandbox"
STUDENT_TOOLS = "/opt/grader/student"
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


class DockerSandbox:
    """A sandbox that runs jobs in containers of `image`.

    Args:
        client: a connected client.
        image: from `grader.sandbox.container.image.ensure_image`; it holds the run-time packages and the suites.
        uids: where the user ids of student processes are chosen from.

    Pickled, it becomes one of its own connection in the process that unpickles it.
    """

    name = "docker"
    isolated = True

    def __init__(self, client: docker.DockerClient, image: Image, uids: range = STUDENT_UIDS) -> None:
        self.client = client
        self.image = image
        self.uids = uids
        self.image_digest = image.digest
        self.runtime = f"{image.runtime} {image.base} {image.arch} {image.python}"
        self.python = image.python
        self.notes: tuple[str, ...] = ()
        if not image.locked:
            self.notes = (
                f"the grader's packages are not as locked: the lock is not for Python {image.python}",
            )

    def __reduce__(self) -> tuple[Any, ...]:
        return _connected, (self.image, self.uids)

    def run(self, job: Job, on_event: Callable[[Event], None]) -> RunOutcome:
        """Run a job in a container of its own, which is always removed afterwards.

        Raises:
            SandboxError: the daemon or the image is gone, or the container did not start.
        """
        stream = EventStream(on_event, job.limits)
        try:
            with self._container(job) as (container, uid):
                return self._exchange(container, job, uid, stream)
        except (DockerException, requests.exceptions.RequestException, OSError) as problem:
            raise SandboxError(
                f"The container could not be run: {_plain(problem)}", "See `grader doctor`."
            ) from problem

    def close(self) -> None:
        """Close the connections to the daemon."""
        self.client.close()

    def room(self) -> Room:
        """Return what the daemon's machine has, which need not be this one."""
        try:
            found = self.client.info()
            return Room(cpus=float(found["NCPU"]), memory_bytes=int(found["MemTotal"]))
        except (DockerException, requests.exceptions.RequestException, KeyError, ValueError) as problem:
            raise SandboxError(
                f"The Docker daemon does not answer: {_plain(problem)}", "See `grader doctor`."
            ) from problem

    def verify(self) -> None:
        """See that the daemon has the image, with what it is made of."""
        try:
            there = built_image(self.client, self.image.tag)
        except (DockerException, requests.exceptions.RequestException) as problem:
            raise SandboxError(
                f"The Docker daemon does not answer: {_plain(problem)}", "See `grader doctor`."
            ) from problem
        if there is None or there.digest != self.image.digest:
            raise SandboxError(f"The daemon has no image {self.image.tag}.", "Run `grader image build`.")

    def clear(self, owner: str) -> None:
        """Remove the containers of a process of this machine that was ended."""
        remove_owned(self.client, owner)

    @contextlib.contextmanager
    def _container(self, job: Job) -> Iterator[tuple[str, int]]:
        container, uid = self._create(job)
        began = time.monotonic()
        try:
            _log.info("container %s of image %s starts", container[:12], self.image.tag)
            yield container, uid
        finally:
            _log.info("container %s ends after %.1f s", container[:12], time.monotonic() - began)
            self._remove(container)

    def _create(self, job: Job) -> tuple[str, int]:
        """Create the container, with a user id that no other grader container has.

        Process limits count a user's processes on the whole host. Several graders may share a daemon, so an id is claimed by
        the label of a container and looked for afterwards: of two with one id at least the later one sees the other, and
        gives way. Neither has started anything by then.
        """
        for _ in range(_CHOICES):
            uid = random.choice(self.uids)  # noqa: S311 - no secret
            container = self._created(job, uid)
            try:
                taken = self.client.api.containers(all=True, filters={"label": f"{UID_LABEL}={uid}"})
                if len(taken) == 1:
                    return container, uid
            except BaseException:
                self._remove(container)
                raise
            self._remove(container)
        raise SandboxError(
            f"No user id between {self.uids.start} and {self.uids.stop - 1} is free for a container.",
            "Grade again when fewer graders use this daemon.",
        )

    def _remove(self, container: str) -> None:
        with contextlib.suppress(APIError, requests.exceptions.RequestException):
            self.client.api.remove_container(container, force=True, v=True)

    def _created(self, job: Job, uid: int) -> str:
        api = self.client.api
        created = api.create_container(
            image=self.image.tag,
            command=["-I", "-X", "utf8", "-c", BOOT],
            entrypoint=["python3"],
            user="0:0",
            working_dir="/",
            stdin_open=True,
            detach=False,
            tty=False,
            hostname=HOST,
            # The host's environment is not passed on; the suite's process needs only PATH.
            environment={"PATH": SYSTEM_PATH, "LANG": "C.UTF-8", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            labels={OWNER_LABEL: owner(), UID_LABEL: str(uid)},
            host_config=api.create_host_config(**_host_options(job)),
        )
        return str(created["Id"])

    def _exchange(self, container: str, job: Job, uid: int, stream: EventStream) -> RunOutcome:
        api = self.client.api
        attached = api.attach_socket(
            container, params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1, "logs": 0}
        )
        timed_out = threading.Event()

        def stop() -> None:
            timed_out.set()
            with contextlib.suppress(APIError, requests.exceptions.RequestException):
                api.kill(container)

        timer = threading.Timer(job.limits.container_s, stop)
        timer.daemon = True
        try:
            api.start(container)
            timer.start()
            _send(attached, json.dumps(self._document(job, uid)).encode())
            for kind, data in frames_iter(attached, tty=False):  # type: ignore[no-untyped-call]
                if kind == 1:
                    stream.feed(data)
                else:
                    stream.feed_log(data)
            ended = api.wait(container, timeout=int(job.limits.container_s))
            state = api.inspect_container(container)["State"]
        finally:
            timer.cancel()
            attached.close()
        return RunOutcome(
            exit_code=int(ended["StatusCode"]),
            timed_out=timed_out.is_set(),
            out_of_memory=bool(state.get("OOMKilled")),
            log=stream.log,
        )

    def _document(self, job: Job, uid: int) -> dict[str, Any]:
        python, path = ["python3"], SYSTEM_PATH
        if job.student.folder is not None:
            python = [job.student.interpreter]
            path = f"{PurePosixPath(job.student.interpreter).parent}:{SYSTEM_PATH}"
        return job_document(
            job,
            paths={"submission": "/submission", "suites": _suites(job.checks_folder)},
            student={"isolated": True, "uid": uid, "python": python, "tools": [STUDENT_TOOLS], "path": path},
        )


def _connected(image: Image, uids: range) -> DockerSandbox:
    return DockerSandbox(connect(), image, uids)


def _suites(checks: Path) -> str:
    """Return where the image has the suites: the course's, or, for a folder of the engine, the engine's own."""
    engine = Path(grader.__file__).resolve().parent
    if not checks.resolve().is_relative_to(engine / "suite"):
        return "/suites"
    return f"/opt/grader/lib/grader/{checks.resolve().relative_to(engine).as_posix()}"


def _host_options(job: Job) -> dict[str, Any]:
    limits = job.limits
    mounts = [docker.types.Mount("/submission", str(job.submission.resolve()), type="bind", read_only=True)]
    installed = [(job.student.folder, job.student.mount)]
    installed += [(tool.folder, tool.mount) for tool in job.student.suite_tools]
    for folder, mount in installed:
        if folder is not None:
            mounts.append(docker.types.Mount(mount, str(folder.resolve()), type="bind", read_only=True))
    return {
        "init": True,
        "network_mode": "none",
        # Without the line their machine's own name leads nowhere, which processes that train together ask for.
        "extra_hosts": {HOST: "127.0.0.1"},
        "read_only": True,
        "cap_drop": ["ALL"],
        "cap_add": list(CAPABILITIES),
        "security_opt": ["no-new-privileges"],
        "mem_limit": limits.memory_bytes,
        "memswap_limit": limits.memory_bytes,
        "nano_cpus": int(limits.cpus * 1e9),
        "pids_limit": limits.pids,
        "ipc_mode": "private",
        "sysctls": _ipc_limits(limits),
        "log_config": docker.types.LogConfig(type="none"),
        "ulimits": [docker.types.Ulimit(name="core", soft=0, hard=0)],
        "tmpfs": _writable_places(limits),
        "mounts": mounts,
    }


def _writable_places(limits: Limits) -> dict[str, str]:
    common = "rw,nosuid,nodev,mode=1777"
    small = f"{common},size={limits.small_tmp_bytes},nr_inodes={limits.tmp_files}"
    large = f"{common},size={limits.tmp_bytes},nr_inodes={limits.tmp_files}"
    return {
        "/tmp": f"{large},exec",
        "/dev/shm": f"{large},noexec",
        "/var/tmp": f"{small},noexec",
        "/home/student": f"{small},exec",
        "/work": f"{common},exec,size={limits.work_bytes},nr_inodes={limits.work_files}",
    }


def _ipc_limits(limits: Limits) -> dict[str, str]:
    """Return limits on System V IPC: its memory outlives the process, is in no tmpfs, and could starve the suite for good."""
    return {
        "kernel.shm_rmid_forced": "1",
        "kernel.shmall": str(limits.tmp_bytes // 4096),
        "kernel.msgmni": "32",
        "kernel.sem": "250 8000 32 128",
    }


def _send(attached: Any, data: bytes) -> None:
    raw: socket.socket = getattr(attached, "_sock", attached)
    raw.sendall(data)
    raw.shutdown(socket.SHUT_WR)


def _plain(problem: BaseException) -> str:
    if isinstance(problem, APIError) and problem.explanation:
        return str(problem.explanation)
    return str(problem)
