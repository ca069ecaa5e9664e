"""Train and evaluate the classifier from the command line."""

# TODO: a typer app with the commands train and evaluate
