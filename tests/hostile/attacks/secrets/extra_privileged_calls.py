# passed
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
for name, call, arguments in (
    ("add_key", 248, (b"user", b"leak", b"x", 1, -3)),
    ("keyctl", 250, (0, -3, 1)),
    ("mount", 165, (b"x", b"/tmp", b"tmpfs", 0, 0)),
    ("unshare", 272, (0x10000000,)),
    ("setns", 308, (0, 0)),
    ("bpf", 321, (0, 0, 0)),
    ("setuid", 105, (0,)),
    ("chroot", 161, (b"/tmp",)),
    ("perf_event_open", 298, (0, 0, -1, -1, 0)),
    ("setdomainname", 171, (b"x", 1)),
    ("settimeofday", 164, (0, 0)),
):
    assert libc.syscall(call, *arguments) == -1, name
for path in (
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/shmmax",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    "/sys/fs/cgroup/cgroup.procs",
    "/sys/fs/cgroup/pids/cgroup.procs",
    "/proc/sysrq-trigger",
    "/proc/1/oom_score_adj",
):
    try:
        open(path, "w").write("1")
    except OSError:
        continue
    raise RuntimeError("wrote " + path)


def treble(x):
    return 3 * x
