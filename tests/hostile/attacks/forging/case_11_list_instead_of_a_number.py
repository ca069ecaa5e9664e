# failed: a whole number was expected
def treble(x):
    return [3 * x]
