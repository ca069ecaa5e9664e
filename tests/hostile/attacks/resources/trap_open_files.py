# failed: Too many open files
files = [open("/dev/null") for n in range(300)]
