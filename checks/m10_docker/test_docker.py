"""M10: container images that build fast, small and the same tomorrow."""

from grader.suite import check, work


@work("a Dockerfile: `Dockerfile*`, `*.dockerfile` or `*.docker`, in any folder")
def find_work(submission):
    return bool(submission.dockerfiles())


@check(
    "Every image starts from a pinned base",
    points=1,
    questions=[15],
    boxes=["w1-12"],
    hint="Write `FROM python:3.12-slim`, not `FROM python`: a tag (or a digest) keeps next month's build like today's.",
)
def test_base_images_are_pinned(submission):
    loose = [
        dockerfile.evidence(stage.line, "no tag and no digest")
        for dockerfile in submission.dockerfiles()
        for stage in dockerfile.stages
        if not stage.pinned
    ]
    assert not loose, loose
