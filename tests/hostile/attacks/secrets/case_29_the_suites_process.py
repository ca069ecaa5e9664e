# passed
import os

from spy import found, look, refused

others = [p for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()]
assert len(others) >= 2, others
for pid in others:
    if os.stat("/proc/" + pid).st_uid == os.getuid():
        continue
    for name in (
        "environ",
        "fd",
        "fdinfo",
        "mem",
        "maps",
        "cwd",
        "root",
        "exe",
        "map_files",
        "stack",
        "syscall",
        "io",
        "auxv",
        "task/" + pid + "/environ",
        "task/" + pid + "/fd",
        "task/" + pid + "/mem",
    ):
        look(f"/proc/{pid}/{name}")
        if name in ("cwd", "root"):
            look(f"/proc/{pid}/{name}/suites")
found = [f for f in found if "suites" in f or "/fd/" in f or "mem: " in f or "environ: " in f]
assert not found, found
assert refused


def treble(x):
    return 3 * x
