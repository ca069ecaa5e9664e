# failed: cannot be read

from spy import request, say


def treble(x):
    say(request()["nonce"].encode() + b'\n{"values":[%d]}' % (3 * x))
    return 3 * x
