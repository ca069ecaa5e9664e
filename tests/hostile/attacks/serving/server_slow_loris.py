# timeout: was not answered in time
import time

from desk import serve


def answer(connection, number):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.1)


serve(answer)
