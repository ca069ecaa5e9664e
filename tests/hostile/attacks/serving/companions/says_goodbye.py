"""Says goodbye when it is asked to end."""

import signal
import sys

from desk import honest, serve


def goodbye(number, frame):
    print("Goodbye")
    sys.exit(0)


signal.signal(signal.SIGTERM, goodbye)
serve(honest)
