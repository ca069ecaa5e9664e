import sys
from pstats import SortKey, Stats

path = sys.argv[1]
stats = Stats(path)
stats.strip_dirs()
stats.sort_stats(SortKey.TIME)
stats.print_stats(10)
