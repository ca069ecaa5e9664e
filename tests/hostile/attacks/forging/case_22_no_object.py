# failed: no object

import os

from spy import request, say

say(request()["nonce"].encode() + b"\n" + b"[1]")
os._exit(0)
