"""Print where a profiled training spent its time: what is slow together with all that it calls comes first."""

import pstats

if __name__ == "__main__":
    pstats.Stats("profiling/train.prof").strip_dirs().sort_stats("cumulative").print_stats(15)
