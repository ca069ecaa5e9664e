# timeout: was not answered in time
from desk import serve


def answer(connection, number):
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


serve(answer)
