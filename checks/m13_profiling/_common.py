"""M13: where a profiler may be used."""


def code(submission):
    """The group's own Python, with tests and notebooks."""
    return submission.code(tests=True, notebooks=True)
