"""A Docker daemon of a test's own, which can be stopped: nobody else's containers are in it."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import docker


class OwnDaemon:
    """A daemon with everything below a folder; its containers have no network, as those that grade."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """What `DOCKER_HOST` has to say."""
        return f"unix://{self._folder}/docker.sock"

    def client(self) -> docker.DockerClient:
        """Return a client of it."""
        return docker.DockerClient(base_url=self.address)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        below = {"data-root": "data", "exec-root": "exec", "pidfile": "pid"}
        places = [part for name, value in below.items() for part in (f"--{name}", str(self._folder / value))]
        nothing = ["--bridge=none", "--iptables=false", "--ip6tables=false"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                # In the machine's own network it would take the other daemon's bridge away.
                ["unshare", "--net", "dockerd", "--host", self.address, *places, *nothing],
                stdout=log,
                stderr=log,
            )
        while subprocess.run(["docker", "--host", self.address, "info"], capture_output=True).returncode:
            assert self._process.poll() is None, (self._folder / "log").read_text()[-2000:]
            time.sleep(0.2)

    def stop(self) -> None:
        """End it, and with it its containers."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=120)
            self._process = None

    def copy_image(self, tag: str) -> None:
        """Copy an image from the machine's daemon."""
        with subprocess.Popen(["docker", "save", tag], stdout=subprocess.PIPE) as saved:
            subprocess.run(["docker", "--host", self.address, "load"], stdin=saved.stdout, check=True)
        assert saved.returncode == 0
