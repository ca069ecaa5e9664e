"""M9: the program that says hello."""

from grader.suite import check, evidence

from ._common import GREETINGS, NEVER, own_code, refuses


def greetings(submission):
    found = [file for file in own_code(submission) if file.name in GREETINGS and not file.is_empty]
    assert found, "There is no program greetings.py."
    evidence(found[0].path)
    return found[0]


def said_by(student, path, *arguments):
    """The lines that a program prints that ends well."""
    lines = student.run(["python", path, *arguments]).succeeded().stdout.strip().splitlines()
    return [line.strip() for line in lines]


@check(
    "greetings.py says hello once, and as often as `--count` asks",
    points=2,
    scope="exercises",
    environment="required",
    hint='`def hello(count: int = 1)` prints in a loop, and `typer.run(hello)` under `if __name__ == "__main__":` runs it.',
)
def test_greets(submission, student, rng):
    path = greetings(submission).path
    found = said_by(student, path)
    assert found == ["Hello World!"], f"`python {path}` prints {shown(found)}, not one line `Hello World!`."
    for told in (["--count={}"], ["--count", "{}"]):
        count = rng.randrange(4, 10)
        words = [word.format(count) for word in told]
        found = said_by(student, path, *words)
        assert found == ["Hello World!"] * count, (
            f"`python {path} {' '.join(words)}` prints {len(found)} lines: {shown(found)}."
        )


def shown(lines):
    return repr("; ".join(lines)[:200]) if lines else "nothing"


@check(
    "greetings.py explains itself, greets a name, and refuses a count that is no number",
    points=2,
    scope="exercises",
    environment="required",
    requires=["greets"],
    hint='Typer makes `--help` and the refusal from the type hints: `count: int`, `name: str = "World"`.',
)
def test_greeting_options(submission, student, rng):
    file = greetings(submission)
    path = file.path
    help_text = student.run(["python", path, "--help"]).succeeded().output
    assert "--count" in help_text, f"`python {path} --help` does not mention --count."
    for words in (["--count", "many"], [f"--{rng.choice(NEVER)}", "3"]):
        refused = student.run(["python", path, *words])
        assert refuses(refused), (
            f"`python {path} {' '.join(words)}` is not refused: it ends with exit code {refused.returncode}"
            f"{', in a traceback' if 'Traceback' in refused.output else ''}. Is `count` an `int`?"
        )
        # Some libraries find out what is left over when the work is done.
        assert "many" not in words or "Hello" not in refused.stdout, (
            f"`python {path} {' '.join(words)}` greets all the same."
        )
    if "--name" in help_text:
        name = rng.choice(["Ada", "Grace", "Niels", "Inge"]) + str(rng.randrange(10, 99))
        count = rng.randrange(2, 6)
        found = said_by(student, path, "--name", name, f"--count={count}")
        assert found == [f"Hello {name}!"] * count, (
            f"`python {path} --name {name} --count={count}` prints {shown(found)}."
        )
