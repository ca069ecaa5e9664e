# passed
from spy import found, look, refused

for path in (
    "/suites",
    "/suites/m90_target",
    "/suites/m90_target/test_target.py",
    "/suites/m90_target/__pycache__",
    "/suites/m90_target/_common.py",
    "/suites/common",
    "/suites/common/answers.py",
    "/suites/common/__pycache__",
    "/root",
    "/proc/1/cwd/suites",
):
    look(path)
assert not found, found
assert refused


def treble(x):
    return 3 * x
