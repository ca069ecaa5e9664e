# failed: out of memory
hog = bytearray(600_000_000)


def treble(x):
    return 3 * x
