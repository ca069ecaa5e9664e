# passed

import os

full = 0
for place in ("/tmp", "/var/tmp", "/dev/shm", "/home/student", "/work"):
    try:
        for n in range(40):
            with open(f"{place}/{n}", "wb") as file:
                file.write(b"x" * 4_000_000)
    except OSError:
        full += 1
assert full == len(("/tmp", "/var/tmp", "/dev/shm", "/home/student", "/work")), full


def treble(x):
    return 3 * x
