"""M10: the Dockerfiles, and what of a build context is seldom in git."""

#: Folders that data and trained models are kept in.
DATA_FOLDERS = (
    "data",
    "datasets",
    "dataset",
    "models",
    "model",
    "weights",
    "checkpoints",
    "artifacts",
)


def images(submission):
    """The Dockerfiles; fails the check where none can be read."""
    found = submission.dockerfiles()
    assert found, "None of the Dockerfiles can be read: mend them first."
    return found
