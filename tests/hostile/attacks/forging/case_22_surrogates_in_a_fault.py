# failed

import os

from spy import request, say

say(
    request()["nonce"].encode()
    + b"\n"
    + b'{"fault":"exception","message":"\\ud800\\udfff","frames":[{"path":"\\ud800","line":1,"text":"\\ud800"}]}'
)
os._exit(0)
