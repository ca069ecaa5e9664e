# passed
def treble(x):
    print("x" * 200_000)
    return 3 * x
