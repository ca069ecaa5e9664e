# passed
import signal

from desk import honest, serve

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
serve(honest)
