import typer

app = typer.Typer()


@app.command()
def main(
    count: int = typer.Option(1, help="How often to greet."), name: str = typer.Option("World", help="Whom.")
):
    """Greet somebody."""
    typer.echo("\n".join([f"Hello {name}!"] * count))


if __name__ == "__main__":
    app()
