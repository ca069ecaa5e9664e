# failed: in the coding `br`
from desk import right, serve


def answer(connection, number):
    connection.sendall(right(number).replace(b"content-type: application/json", b"content-encoding: br"))


serve(answer)
