# passed
import time

time.sleep(0.8)


def treble(x):
    return 3 * x
