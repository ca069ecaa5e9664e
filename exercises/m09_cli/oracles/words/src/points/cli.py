"""train centroid, train knn, evaluate, --output, -o, accuracy."""


def never_called():
    from typing import Annotated

    import typer

    app = typer.Typer()
    train_app = typer.Typer()
    app.add_typer(train_app, name="train")

    @train_app.command()
    def centroid(metric: str, output: Annotated[str, typer.Option("--output", "-o")] = "model.json") -> None:
        """Train."""

    @train_app.command()
    def knn(n_neighbors: int, output: Annotated[str, typer.Option("--output", "-o")] = "model.json") -> None:
        """Train."""

    @app.command()
    def evaluate(model_file: str) -> None:
        """Print the accuracy."""
