# passed
import os

for n in range(4096):
    os.mkdir("d")
    os.chdir("d")
open("bottom", "w").close()
os.chdir("/tmp")
for n in range(3000):
    os.mkdir("e" * 200)
    os.chdir("e" * 200)
os.chdir("/work")


def treble(x):
    return 3 * x
