# failed: too large
def treble(x):
    return "x" * 1_000_001
