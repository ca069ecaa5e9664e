# passed
import os, socket, time

if os.fork() == 0:
    os.setsid()
    s = socket.socket(socket.AF_UNIX)
    s.bind("\0left")
    s.listen(1)
    time.sleep(30)
s = socket.socket(socket.AF_UNIX)
s.bind("\0mine")
s.listen(1)


def treble(x):
    return 3 * x
