"""A check for each other way into the students' code, and for the suite's own faults."""

import re

from grader.suite import StudentFault, check, evidence, get, measure, partial, post, work

from ..common.answers import SECRET


@work("a `main.py`")
def find_work(submission):
    return submission.exists("main.py")


@check("The command trebles what it reads", points=2, environment="optional")
def test_command(student, rng):
    number = rng.randrange(10**6, 10**7)
    done = student.run(["python", "main.py"], stdin=f"{number}\n").succeeded()
    assert done.stdout.strip() == str(3 * number), "It does not print three times the number."


@check("The command leaves its answer in a file", points=2)
def test_file(student, rng):
    number = rng.randrange(10**6, 10**7)
    student.run(["python", "main.py", "answer.txt"], stdin=f"{number}\n").succeeded()
    assert "answer.txt" in student.files("*.txt"), "There is no `answer.txt`."
    assert student.read("answer.txt").strip() == str(3 * number), "The answer is not in `answer.txt`."


@check("The notebook trebles", points=2)
def test_notebook(student, rng):
    number = rng.randrange(10**6, 10**7)
    treble = student.notebook("work.ipynb", cell_timeout=3).treble
    assert treble(number).value(int) == 3 * number, "It is not three times the number."


@check("The application trebles", points=2)
def test_application(student, rng):
    numbers = [rng.randrange(10**6, 10**7) for _ in range(3)]
    talk = student.asgi("application.py").ask(*[post("/treble", json=number) for number in numbers], get("/"))
    for number, answer in zip(numbers, talk, strict=False):
        assert answer.expect(200).json() == 3 * number, f"`{answer.asked}` answers {answer.text[:3000]}."


@check("The snippet trebles", points=2)
def test_snippet(student, rng):
    number = rng.randrange(10**6, 10**7)
    found = student.probe("result = load(path).treble(number)", path="snippet.py", number=number)
    assert found == 3 * number, f"It is not three times the number: {found}"


@check("Each way into the code has CPU seconds of its own", points=1)
def test_cpu_seconds(student):
    ways = {
        "load": lambda: student.load("slow.py").work().value(cpu_s=1),
        "probe": lambda: student.probe("load('slow.py').work()", cpu_s=1),
        "run": lambda: student.run(["python", "slow.py"], cpu_s=1),
        "asgi": lambda: student.asgi("slow.py", "work", factory=True).ask(cpu_s=1),
    }
    ended = {name: fault_kind(way) for name, way in ways.items()}
    assert set(ended.values()) == {"timeout"}, str(ended)


def fault_kind(way):
    try:
        way()
    except StudentFault as fault:
        return fault.kind
    return "none"


@check("The stub is called", points=2)
def test_stub(student, rng):
    number = rng.randrange(10**6, 10**7)
    student.stub("cloud.storage", "def upload(value):\n    record(value=value)")
    student.run(["python", "uploads.py", str(number)]).succeeded()
    assert {"value": 3 * number} in student.records(), "Nothing is uploaded."


@check("Nothing below zero is taken", points=1)
def test_refuses(student):
    assert student.load("refuses.py").root(-1).raises() == "ValueError", "A negative number is not refused."


@check("A guess at the secret", points=1)
def test_secret(student):
    assert student.load("secret.py").guess().value(str) == SECRET, "That is not it."


@check("The numbers of a list are added", points=1)
def test_adds(student):
    found = student.load("adds.py").numbers().value()
    assert sum(found) == 6, "They are not 6 together."


@check("The files of the repository are read, none is run", points=1)
def test_views(submission):
    assert submission.exists("README.md"), "There is no README.md."
    assert "[tool" not in submission.text("README.md"), "That is no README."
    for fault in submission.broken_workflows:
        raise fault
    for workflow in submission.workflows():
        assert workflow.jobs, workflow.evidence(1, "no jobs")
    assert isinstance(submission.pyproject, dict), "pyproject.toml is no table."


@check("A figure is reported", points=1)
def test_figure(student):
    said = student.run(["python", "figure.py"]).succeeded().stdout
    measure("figure", float(said), "%")
    measure("words", said)
    assert float(said) > 50, "It is not more than 50."


@check("Half of it counts", points=4)
def test_half(submission):
    partial(2, "One of two parts is there.")


@check("The suite itself is broken", points=1)
def test_broken_suite(submission):
    raise KeyError(SECRET)


@check("A bare assertion says nothing", points=1, hint="Read the exercise.")
def test_bare(student):
    found = student.load("secret.py").guess().value(str)
    assert found == SECRET


@check("Every line of the README is plain", points=1)
def test_evidence(submission):
    text = submission.text("README.md")
    pieces = [text[start : start + 2000] for start in range(0, len(text), 2000)]
    for number, piece in enumerate(pieces):
        evidence(f"{number}{piece[:900]}", number + 1, piece)
    assert text.isprintable(), "It is not plain."


@check("The README has no long run of one letter", points=1)
def test_backtracks(submission):
    assert not re.search(r"^(a+)+$", submission.text("README.md")), "It has one."


@check("There is a README", points=1)
def test_last(submission):
    assert submission.exists("README.md"), "There is no README.md."
