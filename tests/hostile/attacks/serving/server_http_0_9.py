# failed: is not valid HTTP
from desk import serve


def answer(connection, number):
    connection.sendall(b'{"double": %d}' % (2 * number))


serve(answer)
