# failed: grader's own channel

import os

from spy import request, say
import time

end = time.monotonic() + 1
for n in range(16384):
    say(b"x" * 65536)
    if time.monotonic() > end:
        break
os._exit(0)
