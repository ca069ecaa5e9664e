# failed: File too large
open("big", "wb").write(b"x" * 30_000_000)


def treble(x):
    return 3 * x
