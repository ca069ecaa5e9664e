# failed: not a finite number

import os

from spy import request, say

say(request()["nonce"].encode() + b"\n" + b'{"values":[NaN]}')
os._exit(0)
