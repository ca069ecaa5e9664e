# passed
import threading, time

made = 0
try:
    for n in range(400):
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
        made += 1
except RuntimeError:
    pass
assert made < 64, made


def treble(x):
    return 3 * x
