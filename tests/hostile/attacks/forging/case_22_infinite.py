# failed: not finite

import os

from spy import request, say

say(request()["nonce"].encode() + b"\n" + b'{"values":[1e999]}')
os._exit(0)
