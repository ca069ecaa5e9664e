# failed: is not valid HTTP
from desk import right, serve


def answer(connection, number):
    connection.sendall(right(number).replace(b"content-length: ", b"content-length: 9"))


serve(answer)
