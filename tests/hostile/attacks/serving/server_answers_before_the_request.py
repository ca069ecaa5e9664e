# failed: It does not double
import time

from desk import listen, right

with listen() as desk:
    while True:
        connection, _ = desk.accept()
        try:
            connection.sendall(right(1) + right(2) + right(3))
            time.sleep(0.2)
            connection.close()
        except OSError:
            pass
