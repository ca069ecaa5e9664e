# failed: is not valid HTTP
from desk import serve


def answer(connection, number):
    connection.sendall(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 1_000_000 + b"\r\ncontent-length: 0\r\n\r\n")


serve(answer)
