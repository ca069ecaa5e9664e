import os

from invoke import Context, task

WINDOWS = os.name == "nt"
PROJECT_NAME = "corrupt"


@task
def preprocess_data(ctx: Context) -> None:
    """Preprocess data."""
    ctx.run(f"python src/{PROJECT_NAME}/data.py data/raw data/processed", echo=True, pty=not WINDOWS)


@task
def train(ctx: Context, epochs: int = 6) -> None:
    """Train model."""
    ctx.run(f"uv run src/{PROJECT_NAME}/train.py --epochs {epochs}", echo=True, pty=not WINDOWS)


@task
def test(ctx: Context) -> None:
    """Run tests."""
    ctx.run("coverage run -m pytest tests/", echo=True, pty=not WINDOWS)
