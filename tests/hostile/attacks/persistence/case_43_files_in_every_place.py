# failed
import os

for place in ("/tmp", "/var/tmp", "/dev/shm", "/home/student", "/work", "."):
    os.makedirs(place + "/a/.b", exist_ok=True)
    open(place + "/a/.b/c", "w").write("left")
    open(place + "/.left", "w").write("left")
    os.symlink("/suites", place + "/link")
    os.mkfifo(place + "/fifo")
    open(place + "/-rf", "w").close()
    open(place + "/new\nline", "w").close()
    open(place.encode() + b"/\xff\xfe", "w").close()


def treble(x):
    return 3 * x
