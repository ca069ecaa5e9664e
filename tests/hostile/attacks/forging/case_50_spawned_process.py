# passed
import multiprocessing as m


def treble(x):
    q = m.get_context("spawn").SimpleQueue()
    p = m.get_context("spawn").Process(target=q.put, args=(3 * x,))
    p.start()
    p.join()
    return q.get()
