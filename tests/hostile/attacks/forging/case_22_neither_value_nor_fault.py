# failed: no value and no fault

import os

from spy import request, say

say(request()["nonce"].encode() + b"\n" + b'{"verdict":"passed"}')
os._exit(0)
