# passed
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
ids = [libc.shmget(0x1234 + n, 65536, 0o1777) for n in range(3)]
assert min(ids) >= 0 and libc.msgget(0x77, 0o1666) >= 0 and libc.semget(0x78, 3, 0o1666) >= 0
rt = ctypes.CDLL("librt.so.1")
assert rt.mq_open(b"/left", os.O_CREAT | os.O_RDWR, 0o600, None) >= 0
buffer = (ctypes.c_char * 256)()
assert libc.shmctl(ids[0], 2, buffer) == 0
ctypes.c_uint.from_buffer(buffer, 4).value = 12345
assert libc.shmctl(ids[0], 1, buffer) == 0
from multiprocessing import shared_memory

shared_memory.SharedMemory("left", create=True, size=4096)


def treble(x):
    return 3 * x
