# failed: is not valid HTTP
from desk import right, serve


def answer(connection, number):
    connection.sendall(right(number).replace(b"content-type: application/json", b"content-length: 3"))


serve(answer)
