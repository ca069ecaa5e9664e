# failed|timeout
import os, time

for n in range(40):
    if os.fork() == 0:
        try:
            open("/proc/self/oom_score_adj", "w").write("0")
        except OSError:
            pass
        hog = [bytearray(1_000_000) for k in range(30)]
        time.sleep(20)
        os._exit(0)
try:
    open("/proc/self/oom_score_adj", "w").write("0")
except OSError:
    pass
hog = [bytearray(1_000_000) for k in range(30)]
time.sleep(2)
os._exit(0)
