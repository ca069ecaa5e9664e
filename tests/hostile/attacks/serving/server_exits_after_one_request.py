# failed: ended
import os

from desk import honest, serve


def answer(connection, number):
    honest(connection, number)
    connection.close()
    os._exit(5)


serve(answer)
