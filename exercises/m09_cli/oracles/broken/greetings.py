"""Say hello from the command line."""

import typer


def hello(count: int = 1, name: str = "World") -> None:
    """Say hello to NAME, COUNT times."""
    for number in count:
        print(f"Hello {name}!")


if __name__ == "__main__":
    typer.run(hello)
