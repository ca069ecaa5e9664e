"""Hello World! with --count and --name."""

if False:
    import typer

    def hello(count: int = 1, name: str = "World") -> None:
        """Hello World!"""
        print(f"Hello {name}!")

    typer.run(hello)
