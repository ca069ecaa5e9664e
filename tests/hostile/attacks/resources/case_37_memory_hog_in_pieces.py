# failed: out of memory
hog = []
for n in range(80):
    hog.append(b"x" * 10_000_000)


def treble(x):
    return 3 * x
