# passed
import sys
import threading

from desk import honest, serve


def flood():
    while True:
        sys.stdout.write("x" * 65536)
        sys.stderr.write("y" * 65536)


threading.Thread(target=flood, daemon=True).start()
serve(honest)
