# failed

import os

from spy import request, say

say(
    request()["nonce"].encode()
    + b"\n"
    + b'{"fault":"exception","message":"m","frames":[{"path":"a","line":'
    + b"9" * 4000
    + b"}]}"
)
os._exit(0)
