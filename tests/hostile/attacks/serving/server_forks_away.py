# failed: ended before it accepted a connection
import os

from desk import honest, serve

if os.fork():
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
serve(honest)
