# failed: status 302
from desk import serve


def answer(connection, number):
    connection.sendall(
        b"HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/double?x=%d\r\ncontent-length: 0\r\n\r\n" % number
    )


serve(answer)
