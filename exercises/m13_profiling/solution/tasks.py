"""Tasks of the project."""

from invoke import Context, task


@task
def profile(ctx: Context) -> None:
    """Profile a whole training."""
    ctx.run("python -m cProfile -o profiling/train.prof src/digits/train.py")
