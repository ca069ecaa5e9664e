import os

print(os.environ["MY_VAR"])
