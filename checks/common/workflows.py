"""Workflows of GitHub: what of them can run."""


def readable_workflows(submission):
    """The workflows, at most 50; fails the check where none can be read."""
    found = submission.workflows()
    assert found, "GitHub can run none of the workflows: mend them first."
    return found[:50]


def live_steps(workflow):
    """Every job and step that is not switched off."""
    return [(job, step) for job in workflow.jobs if not job.is_off for step in job.steps if not step.is_off]
