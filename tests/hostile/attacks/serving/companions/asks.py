"""Lets somebody else double."""

import json
import os
import urllib.request

from desk import serve


def answer(connection, number):
    asked = urllib.request.Request(os.environ["BACKEND"] + "/double", json.dumps({"x": number}).encode())
    with urllib.request.urlopen(asked) as answered:
        body = answered.read()
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))


serve(answer)
