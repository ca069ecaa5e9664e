# passed
import multiprocessing as m


def one(x):
    return x


def treble(x):
    with m.get_context("fork").Pool(3) as pool:
        return sum(pool.map(one, [x, x, x]))
