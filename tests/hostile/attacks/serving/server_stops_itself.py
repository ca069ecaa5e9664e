# timeout: was not answered in time
import os
import signal

from desk import serve


def answer(connection, number):
    os.kill(os.getpid(), signal.SIGSTOP)


serve(answer)
