"""M10: images, started as containers would be: the training leaves a model, and the evaluation reads it."""

from grader.suite import Evidence, check, not_applicable

from ._judged_runs import told


def _seen(told_why):
    """What stands against an image, as an assertion shows it."""
    return [
        Evidence(one["path"], one["line"], one["text"]) if one["path"] else one["text"] for one in told_why
    ]


@check(
    "The training image can be built, and its container leaves a model in the mounted folder",
    points=4,
    scope="exercises",
    environment="required",
    hint="Where does the script write, seen from the last WORKDIR, and which folder of the container do you mount there? A "
    "script that imports the package needs it in the image, installed or on its path.",
)
def test_training_image_trains(submission, student, rng):
    found = told(student, submission, rng)
    assert not found["why"]["train"], _seen(found["why"]["train"])
    assert not found["train"], (
        f"The training container, started on other tables, is not right: {found['train']}."
    )


@check(
    "What stands behind the name of the image reaches the training",
    points=2,
    scope="exercises",
    environment="required",
    requires=["training_image_trains"],
    hint="There are two forms of ENTRYPOINT. One of them starts a shell, which drops what `docker run` adds.",
)
def test_arguments_reach_the_training(submission, student, rng):
    found = told(student, submission, rng)
    assert not found["arguments"], f"With another number of epochs: {found['arguments']}."


@check(
    "The evaluation image reads that model, and prints how often it is right about leaves that nobody has seen",
    points=5,
    scope="exercises",
    environment="required",
    requires=["training_image_trains"],
    hint="It is a second image: its container sees the model through the same mounted folder; the test table is mounted, too.",
)
def test_evaluation_image_evaluates(submission, student, rng):
    found = told(student, submission, rng)
    assert not found["why"]["evaluate"], _seen(found["why"]["evaluate"])
    assert not found["evaluate"], f"The evaluation container is not right: {found['evaluate']}."


@check(
    "The images install all that their programs import",
    points=4,
    scope="exercises",
    environment="required",
    requires=["training_image_trains"],
    hint="Whatever is installed on your machine is not in the image. What do the RUN lines of each Dockerfile install, and from "
    "which file?",
)
def test_images_install_what_they_import(submission, student, rng):
    found = told(student, submission, rng)
    assert not found["why"]["evaluate"], _seen(found["why"]["evaluate"])
    if found["bare"] and (excused := student.excuse(found["bare"])):
        not_applicable(excused)
    assert not found["bare"], f"With nothing but what the image installs, {found['bare']}."
