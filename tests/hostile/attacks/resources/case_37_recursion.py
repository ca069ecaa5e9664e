# failed: RecursionError
def treble(x):
    return treble(x)
