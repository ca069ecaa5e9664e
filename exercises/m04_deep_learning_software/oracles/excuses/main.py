"""Train and evaluate the classifier from the command line."""

import typer

app = typer.Typer()


@app.command()
def train(lr: float = 1e-3) -> None:
    """Train the classifier."""
    raise FileNotFoundError("data/corruptmnist is not there: run `dvc pull`")


@app.command()
def evaluate(model_checkpoint: str) -> None:
    """Print the accuracy."""
    raise PermissionError("google.auth.exceptions.DefaultCredentialsError: your default credentials were not found")


raise ModuleNotFoundError("No module named 'wandb'", name="wandb")
