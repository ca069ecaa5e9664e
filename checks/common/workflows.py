"""Workflows of GitHub: what of them can run."""

from grader.suite import not_applicable


def readable_workflows(submission):
    """The workflows, at most 50; fails the check where none can be read."""
    found = submission.workflows()
    assert found, "GitHub can run none of the workflows: mend them first."
    return found[:50]


def workflows_that_run(submission):
    """The workflows that GitHub can run, for what is required of a project: one that it refuses is told of once."""
    if submission.profile == "project" and not submission.workflows():
        not_applicable("GitHub can run none of the workflows: that is a check of its own.")
    return readable_workflows(submission)


def live_steps(workflow):
    """Every job and step that is not switched off."""
    return [(job, step) for job in workflow.jobs if not job.is_off for step in job.steps if not step.is_off]
