# passed
import socket

try:
    socket.getaddrinfo("example.org", 80)
except OSError:
    pass
else:
    raise RuntimeError("resolved")


def treble(x):
    return 3 * x
