# failed: which is no JSON
from desk import serve


def answer(connection, number):
    body = b'{"double": NaN}'
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)


serve(answer)
