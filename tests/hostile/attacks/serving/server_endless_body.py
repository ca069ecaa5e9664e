# failed: it is too large
from desk import serve


def answer(connection, number):
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"[" * 65536)


serve(answer)
