# passed
import os, socket, time

s = socket.socket()
s.bind(("127.0.0.1", 8000))
s.listen()
if os.fork() == 0:
    os.setsid()
    time.sleep(30)


def treble(x):
    return 3 * x
