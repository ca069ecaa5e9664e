"""Profile a whole training; then `python show_profile.py`, or `snakeviz profiling/train.prof`."""

import cProfile
from pathlib import Path

from echoes import TABLE, Echoes
from train import EPOCHS, train

DUMP = Path("profiling", "train.prof")

if __name__ == "__main__":
    with cProfile.Profile() as seen:
        # Reading the table is part of it: that is where the time went.
        train(Echoes(TABLE), EPOCHS)
    DUMP.parent.mkdir(exist_ok=True)
    seen.dump_stats(DUMP)
