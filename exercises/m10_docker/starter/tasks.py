"""What the project does every day."""

from invoke import Context, task


@task
def docker_build(ctx: Context) -> None:
    """Build the images."""
    ctx.run("docker build -f dockerfiles/train.dockerfile . -t train:latest")
    ctx.run("docker build -f dockerfiles/evaluate.dockerfile . -t evaluate:latest")
