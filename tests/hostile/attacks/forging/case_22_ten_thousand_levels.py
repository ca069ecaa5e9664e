# failed: nested

import os

from spy import request, say

say(request()["nonce"].encode() + b"\n" + b'{"values":' + b"[" * 10000 + b"]" * 10000 + b"}")
os._exit(0)
