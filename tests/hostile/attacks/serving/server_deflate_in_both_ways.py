# passed
import zlib

from desk import serve


def answer(connection, number):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15 if number % 2 else 15)
    data = packer.compress(b'{"double": %d}' % (2 * number)) + packer.flush()
    connection.sendall(
        b"HTTP/1.1 200 OK\r\ncontent-encoding: deflate\r\ncontent-length: %d\r\n\r\n" % len(data) + data
    )


serve(answer)
