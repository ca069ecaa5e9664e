"""Commands of the project: `invoke --list` shows them."""

from invoke import task

from points import settings


@task
def python(ctx):
    """Say which Python runs."""
    ctx.run("which python")


@task
def git(ctx, message):
    """Add, commit and push."""
    ctx.run("git add .")
    ctx.run(f'git commit -m "{message}"')
    ctx.run("git push")


@task
def dvc(ctx, folder, message):
    """Put a folder under DVC, and push code and data."""
    ctx.run(f"dvc add {folder}")
    ctx.run(f"git add {folder}.dvc .gitignore")
    ctx.run(f'git commit -m "{message}"')
    ctx.run("git push")
    ctx.run("dvc push")


@task
def pull_data(ctx):
    """Fetch the data."""
    ctx.run("dvc pull")


@task(pull_data)
def train(ctx):
    """Fetch the data, then train."""
    ctx.run(f"points train {settings.KIND}")
