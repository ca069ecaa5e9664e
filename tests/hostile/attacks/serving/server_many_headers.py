# failed: too many headers
from desk import serve


def answer(connection, number):
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 1000 + b"content-length: 0\r\n\r\n")


serve(answer)
