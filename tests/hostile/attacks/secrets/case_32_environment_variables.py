# passed
import os

names = [
    n
    for n in os.environ
    if any(
        w in n
        for w in (
            "TOKEN",
            "SECRET",
            "INDEX",
            "GITHUB",
            "DOCKER",
            "GRADER",
            "AWS",
            "PASS",
            "PYTEST",
            "LD_",
            "BASH",
            "STARTUP",
        )
    )
]
assert not names, names


def treble(x):
    return 3 * x
