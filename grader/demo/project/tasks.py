"""Commands for everyday work: `invoke --list` shows them."""

from invoke import Context, task


@task
def data(ctx: Context) -> None:
    """Draw and normalise the digits."""
    ctx.run("python src/corrupt_mnist/data.py generate")
    ctx.run("python src/corrupt_mnist/data.py preprocess")


@task
def train(ctx: Context, lr: float = 0.01) -> None:
    """Train the model."""
    ctx.run(f"python src/corrupt_mnist/train.py --lr {lr}")


@task
def evaluate(ctx: Context) -> None:
    """Evaluate the trained model."""
    ctx.run("python src/corrupt_mnist/evaluate.py models/model.json")


@task
def test(ctx: Context) -> None:
    """Run the tests and show the coverage."""
    ctx.run("coverage run -m pytest tests/")
    ctx.run("coverage report -m")


@task
def docker_build(ctx: Context) -> None:
    """Build both images."""
    ctx.run("docker build -t train:latest . -f dockerfiles/train.dockerfile")
    ctx.run("docker build -t api:latest . -f dockerfiles/api.dockerfile")
