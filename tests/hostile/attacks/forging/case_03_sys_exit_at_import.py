# failed: ended the process (exit code 0)
import sys

sys.exit(0)
