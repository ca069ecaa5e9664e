# passed
import itertools, os, time

end = time.monotonic() + 1.5
made = 0
for place in ("/tmp", "/dev/shm", "/work"):
    try:
        for n in range(100_000):
            os.mknod(f"{place}/{n}")
            made += 1
            if time.monotonic() > end:
                break
    except OSError:
        pass
assert made <= 18_000, made


def treble(x):
    return 3 * x
