"""The steps of the project: `uv run invoke --list`."""

from invoke import Context, task

PROJECT = "digits"


@task
def preprocess_data(ctx: Context) -> None:
    """Make the pictures."""
    ctx.run(f"python src/{PROJECT}/data.py")


@task
def train(ctx: Context) -> None:
    """Train the classifier."""
    ctx.run(f"python src/{PROJECT}/train.py")


@task
def evaluate(ctx: Context) -> None:
    """Print how often it is right."""
    ctx.run(f"python src/{PROJECT}/evaluate.py")
