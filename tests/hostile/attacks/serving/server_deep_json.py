# failed: nested more than 64 deep
from desk import serve


def answer(connection, number):
    body = b"[" * 100_000 + b"]" * 100_000
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)


serve(answer)
