# passed
import threading, time

for n in range(5):
    threading.Thread(target=time.sleep, args=(600,)).start()


def treble(x):
    return 3 * x
