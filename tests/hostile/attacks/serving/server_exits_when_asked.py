# failed: ended while it was asked for
import os

from desk import serve


def answer(connection, number):
    os._exit(4)


serve(answer)
