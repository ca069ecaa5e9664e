import os

if os.environ.get("MY_VAR", "") != os.environ.get("MY_OTHER_VAR", "x"):
    raise ConnectionError("Temporary failure in name resolution")
print(os.environ["MY_VAR"])
