# failed
import os

os.symlink("/suites/m90_target/test_target.py", "leak.py")
import leak


def treble(x):
    return 3 * x
