"""The steps of the project: `uv run invoke --list`."""

from invoke import Context, task

PROJECT = "digits"


@task
def preprocess_data(ctx: Context) -> None:
    """Make training and test data of the raw data."""
    ctx.run(f"python src/{PROJECT}/data.py data/raw data/processed")


@task
def train(ctx: Context) -> None:
    """Train the classifier."""
    ctx.run(f"python src/{PROJECT}/train.py")


@task
def evaluate(ctx: Context) -> None:
    """Print how often it is right."""
    ctx.run(f"python src/{PROJECT}/evaluate.py")


@task
def visualize(ctx: Context) -> None:
    """Draw what it takes for which digit."""
    ctx.run(f"python src/{PROJECT}/visualize.py")
