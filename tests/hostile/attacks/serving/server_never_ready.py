# timeout: did not become ready: it accepts no connection
import time

time.sleep(60)
