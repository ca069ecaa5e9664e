# failed: which is no JSON
import re

from desk import right, serve


def answer(connection, number):
    connection.sendall(re.sub(rb"content-length: \d+", b"content-length: 5", right(number)))


serve(answer)
