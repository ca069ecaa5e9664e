# passed
import ctypes, os, time

libc = ctypes.CDLL(None)
child = os.fork()
if child == 0:
    time.sleep(30)
    os._exit(0)
libc.ptrace(0x4206, child, 0, 0)
libc.ptrace(0x4207, child, 0, 0)
if os.fork() == 0:
    libc.ptrace(0, 0, 0, 0)
    os.kill(os.getpid(), 19)
    time.sleep(30)


def treble(x):
    return 3 * x
