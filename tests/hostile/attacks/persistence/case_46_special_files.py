# passed
import os, socket

os.mkfifo("/tmp/fifo")
socket.socket(socket.AF_UNIX).bind("/tmp/socket")
f = open("/tmp/sparse", "wb")
f.truncate(20_000_000)
os.link("/tmp/sparse", "/tmp/hard")
try:
    os.mknod("/tmp/null", 0o20666, os.makedev(1, 3))
except PermissionError:
    pass
else:
    raise RuntimeError("device")
os.mkfifo("/work/answer")
os.mkfifo("/work/plan")


def treble(x):
    return 3 * x
