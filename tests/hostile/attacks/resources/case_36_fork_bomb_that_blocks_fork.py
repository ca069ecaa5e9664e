# failed
import os, time

end = time.monotonic() + 2
for n in range(6):
    try:
        os.fork()
    except OSError:
        pass
while time.monotonic() < end:
    try:
        if os.fork():
            os._exit(0)
    except OSError:
        pass


def treble(x):
    return 3 * x
