# passed
import ctypes

libc = ctypes.CDLL(None)
queues = 0
for n in range(5000):
    q = libc.msgget(0, 0o600)
    if q < 0:
        break
    queues += 1
    for k in range(2):
        libc.msgsnd(q, ctypes.create_string_buffer(b"\1" + b"\0" * 7 + b"x" * 8000), 8000, 0o4000)
assert queues <= 32, queues


def treble(x):
    return 3 * x
