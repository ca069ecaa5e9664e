from invoke import task


@task
def test(ctx):
    """Run tests and say what they run of the code."""
    ctx.run("coverage run -m pytest tests/", echo=True, pty=True)
    ctx.run("coverage report -m -i", echo=True, pty=True)
