# failed: whole number
def treble(x):
    return True
