"""Commands of the project: `invoke --list` shows them."""

import os

from invoke import Context, task

WINDOWS = os.name == "nt"


@task
def python(ctx: Context) -> None:
    """Say which Python runs."""
    ctx.run("where python" if WINDOWS else "which python")


@task
def git(ctx: Context, message: str) -> None:
    """Add, commit and push."""
    ctx.run("git add .")
    ctx.run(f'git commit -m "{message}"')
    ctx.run("git push")


@task
def dvc(ctx: Context, folder: str, message: str) -> None:
    """Put a folder under DVC, and push code and data."""
    ctx.run(f"dvc add {folder}")
    ctx.run(f"git add {folder}.dvc .gitignore")
    ctx.run(f'git commit -m "{message}"')
    ctx.run("git push")
    ctx.run("dvc push")


@task
def pull_data(ctx: Context) -> None:
    """Fetch the data."""
    ctx.run("dvc pull")


@task(pull_data)
def train(ctx: Context) -> None:
    """Fetch the data, then train."""
    ctx.run("points train knn")
