"""Say hello from the command line."""

raise ModuleNotFoundError("No module named 'typer'", name="typer")
