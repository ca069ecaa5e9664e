# failed: XFailed
import pytest


def treble(x):
    pytest.xfail("no")
