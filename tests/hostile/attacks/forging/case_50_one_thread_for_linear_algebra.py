# passed
import os


def treble(x):
    assert os.environ["CUDA_VISIBLE_DEVICES"] == ""
    return 3 * x * int(os.environ["OMP_NUM_THREADS"]) * int(os.environ["OPENBLAS_NUM_THREADS"])
