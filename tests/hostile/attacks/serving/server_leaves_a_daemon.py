# passed
import os
import time

from desk import honest, serve

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            with open("daemon.txt", "a") as file:
                file.write("here")
            time.sleep(0.01)
    os._exit(0)
serve(honest)
