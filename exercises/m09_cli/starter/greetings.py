"""Say hello from the command line."""


def hello():
    """Say hello."""
    # TODO: options --count and --name


hello()
