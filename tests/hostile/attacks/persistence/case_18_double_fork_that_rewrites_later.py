# failed|passed
# Its value is right: it fails only if the daemon spoils the reply before the sweep; what counts is the twin behind it.
import os, signal, sys, time

for n in range(1, 65):
    try:
        signal.signal(n, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for d in range(3, 64):
            try:
                os.write(d, b"x")
            except OSError:
                pass
        open("/tmp/late", "w").close()
        open("/work/slot_01.py", "w").write("def treble(x): return 0")
    os._exit(0)


def treble(x):
    return 3 * x
