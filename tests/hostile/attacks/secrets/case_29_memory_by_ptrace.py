# passed
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
for pid in [int(p) for p in os.listdir("/proc") if p.isdigit() and os.stat("/proc/" + p).st_uid == 0]:
    for request in (16, 0x4206):
        assert libc.ptrace(request, pid, 0, 0) == -1, f"traced {pid}"
    local = ctypes.create_string_buffer(64)
    io = (ctypes.c_size_t * 2)(ctypes.addressof(local), 64)
    for call in (310, 311):
        assert libc.syscall(call, pid, io, 1, (ctypes.c_size_t * 2)(0x400000, 64), 1, 0) == -1, f"read {pid}"
    if pid != os.getpid():
        pidfd = libc.syscall(434, pid, 0)
        assert pidfd < 0 or libc.syscall(438, pidfd, 1, 0) == -1, f"took a descriptor of {pid}"


def treble(x):
    return 3 * x
