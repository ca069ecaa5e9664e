"""M4: main.py as a command line, and as a module that others import."""

from grader.suite import check

from ._common import code_places, command, help_of_train, learning_rate_option


@check(
    "`main.py` offers the commands train, with a learning rate, and evaluate",
    points=1,
    scope="exercises",
    environment="required",
    hint="`app = typer.Typer()`, `@app.command()` above `train(lr: float = 1e-3)` and `evaluate(model_checkpoint: str)`, and "
    '`app()` under `if __name__ == "__main__":`.',
)
def test_command_line(submission, student):
    argv, _ = command(submission, "train")
    command(submission, "evaluate")
    assert learning_rate_option(help_of_train(student, submission)), (
        f"`{' '.join(argv)} --help` shows no option for the learning rate: `--lr`."
    )


@check(
    "Importing the model, data and main modules starts nothing",
    points=1,
    scope="exercises",
    environment="required",
    requires=["model_shapes", "corrupt_mnist", "command_line"],
    hint='Put what a script does under `if __name__ == "__main__":`, so that tests and other scripts can import it.',
)
def test_modules_can_be_imported(submission, student):
    argv, _ = command(submission, "train")
    places = code_places(submission)
    paths = list(dict.fromkeys([places["model_path"], places["data_path"], argv[0]]))
    student.probe("for path in paths:\n    load(path)", paths=paths)
