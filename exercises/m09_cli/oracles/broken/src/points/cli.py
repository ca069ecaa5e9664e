"""The command line of the classifiers."""

from typing import Annotated

import typer

from points import model

app = typer.Typer(help="Classify points of the plane.")
train_app = typer.Typer(help="Train a classifier.")
app.add_typer(train_app, name="train")


@train_app.command()
def centroid(
    metric: str = "euclidean", output: Annotated[str, typer.Option("--output", "-o")] = "model.json"
) -> None:
    """Train the classifier that knows the mean of each class."""
    model.save(model.train_centroids(metric), output)


@train_app.command()
def knn(
    n_neighbors: int = 5, output: Annotated[str, typer.Option("--output", "-o")] = "model.json"
) -> None:
    """Train the classifier that lets the nearest points vote."""
    model.save(model.train_knn(neighbors=n_neighbors), output)


@app.command()
def evaluate(model_file: str) -> None:
    """Print the accuracy of a trained classifier."""
    print(f"accuracy: {model.accuracy(model_file):.2f}")


if __name__ == "__main__":
    app()
