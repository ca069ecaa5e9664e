# failed: cannot be read

import os

from spy import request, say

say(request()["nonce"].encode() + b"\n" + b'{"values":[' + b"9" * 900000 + b"]}")
os._exit(0)
