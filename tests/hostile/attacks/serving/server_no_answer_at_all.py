# failed: is not valid HTTP
from desk import serve


def answer(connection, number):
    connection.close()


serve(answer)
