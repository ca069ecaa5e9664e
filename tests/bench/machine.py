"""What the machine of a run is, without its name."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import psutil

from tests.bench.rig import Rig


def machine(rig: Rig) -> dict[str, str]:
    """Return its cores, memory, and the versions that figures depend on."""
    about = rig.sandbox.client.info()
    return {
        "cores": f"{os.cpu_count()}, {_processor()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "Docker": f"{about['ServerVersion']}, {about['Driver']}, cgroup v{about.get('CgroupVersion', '?')}",
        "Python": f"{platform.python_version()} here, {rig.sandbox.python} in the image",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )
