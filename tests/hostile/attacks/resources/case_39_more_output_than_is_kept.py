# passed
import sys

for n in range(10):
    sys.stdout.write("x" * 1_000_000)
    sys.stderr.write("y" * 1_000_000)


def treble(x):
    return 3 * x
