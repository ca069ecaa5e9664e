"""Writes what a check wants to read, from a process that its end leaves behind."""

import os
import threading

from desk import honest, serve


def write():
    while True:
        with open("evidence.txt", "w") as file:
            file.write("forged")


if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        write()
    os._exit(0)
threading.Thread(target=write, daemon=True).start()
serve(honest)
