# failed: cannot be read

import os

from spy import request, say


def treble(x):
    nonce = request()["nonce"].encode()
    say(nonce + b'\n{"values":[%d]}' % (3 * x) + nonce + b'\n{"values":[%d]}' % (3 * x))
    os._exit(0)
