"""A server by hand: one connection after the other; `answer` gets the connection and the number that was asked for."""

import os
import re
import socket


def listen():
    desk = socket.socket()
    desk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    desk.bind(("127.0.0.1", int(os.environ["PORT"])))
    desk.listen()
    return desk


def asked(connection):
    """The number in the request, or None if the connection only looks whether somebody is there."""
    head = b""
    while b"\r\n\r\n" not in head:
        data = connection.recv(4096)
        if not data:
            return None
        head += data
    return int(re.search(rb"x=(\d+)", head).group(1))


def serve(answer):
    with listen() as desk:
        while True:
            connection, _ = desk.accept()
            with connection:
                number = asked(connection)
                if number is not None:
                    try:
                        answer(connection, number)
                    except OSError:
                        pass


def right(number):
    body = b'{"double": %d}' % (2 * number)
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (
        len(body),
        body,
    )


def honest(connection, number):
    connection.sendall(right(number))
