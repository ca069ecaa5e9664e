# failed: ended without a value
import os

os._exit(0)
