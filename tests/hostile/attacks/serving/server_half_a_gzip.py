# failed: ends in the middle of its gzip data
import gzip

from desk import serve


def answer(connection, number):
    data = gzip.compress(b'{"double": %d}' % (2 * number))[:-12]
    connection.sendall(
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(data) + data
    )


serve(answer)
