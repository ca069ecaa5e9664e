# timeout
import os

os.killpg(0, 15) if 0 else os.kill(-1, 9)
import time

time.sleep(9)
