"""Commands of the project: `invoke --list` shows them."""

# TODO: python, git, dvc, train
