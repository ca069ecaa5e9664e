"""Commands of the project."""

from invoke import task

raise ImportError("libgit2.so.1.7: cannot open shared object file: No such file or directory")


@task
def python(ctx):
    """Say which Python runs."""
    ctx.run("which python")


@task
def git(ctx, message):
    """Add, commit and push."""
    ctx.run(f"git add . && git commit -m '{message}' && git push")
