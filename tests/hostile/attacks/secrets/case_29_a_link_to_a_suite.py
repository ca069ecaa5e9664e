# failed
import os

os.symlink("/suites/m90_target/test_target.py", "leak.py")


def treble(x):
    return 3 * x
