import shlex

import invoke


@invoke.task
def python(c):
    c.run("which python && python --version")


@invoke.task(help={"message": "what was done"})
def git(c, message="work"):
    quoted = shlex.quote(message)
    c.run("git add -u")
    c.run(f"git commit -m {quoted}")
    c.run("git push")


@invoke.task
def dvc(c, folder="data", message="new data"):
    c.run(f"dvc add {folder}")
    c.run(f"git add {folder}.dvc")
    c.run(f"git commit -m '{message}'")
    c.run("git push")
    c.run("dvc push")


@invoke.task
def fetch(c):
    c.run("dvc pull")


@invoke.task(pre=[fetch])
def fit(c):
    c.run("flowers train neighbours --k 5")
