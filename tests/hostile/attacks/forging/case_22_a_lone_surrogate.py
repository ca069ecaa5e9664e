# failed: not Unicode

import os

from spy import request, say

say(request()["nonce"].encode() + b"\n" + b'{"values":[1,2,"\\ud800"]}')
os._exit(0)
