# failed: ended before it accepted a connection (exit code 3)
import sys

sys.exit(3)
