"""Computes for ever when it is asked."""

from desk import serve


def answer(connection, number):
    while True:
        pass


serve(answer)
