# failed: cannot be read

import os

from spy import request, say

say(request()["nonce"].encode() + b"\n" + b'{"values":[1')
os._exit(0)
