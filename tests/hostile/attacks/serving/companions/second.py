"""Wants the port of the first server, and waits for nobody else."""

import os
import socket
import sys

desk = socket.socket()
desk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
desk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
try:
    desk.bind(("127.0.0.1", int(os.environ["FIRST"])))
    desk.listen()
except OSError:
    sys.exit(6)
