"""M9: a program with commands, run as a person would, whatever library it is made with."""

import re

from grader.suite import StudentFault, check, evidence, measure, work

from ._common import (
    FEWEST,
    GREETINGS,
    LIBRARIES,
    TASK_FILES,
    Program,
    accuracy,
    changed_numbers,
    names_in,
    options,
    output_option,
    own_code,
    own_options,
    refuses,
    script_words,
    scripts,
    suffix,
)

#: The scripts of M6's exercise, and how many of them make a project of it.
STEPS = ("data", "train", "evaluate", "visualize")
FEWEST_STEPS = 3


@work(
    "a script that imports typer, click, argparse, fire or hydra; `[project.scripts]`; tasks.py or a Makefile"
)
def find_work(submission):
    # The course has a script of M4 take its settings by typer: training a network is no exercise in command lines.
    others = ("torch",) if submission.profile == "exercises" else ()
    code = own_code(submission)
    steps = [file.path for file in code if file.name in STEPS] if others else []
    if len(steps) >= FEWEST_STEPS:
        # So has M6's exercise, a script for each step of a project, with tasks that start them.
        return any(file.name in GREETINGS for file in code)
    named = [
        file
        for file in code
        if file.name in GREETINGS
        or (file.imports_module("invoke", *LIBRARIES) and not file.imports_module(*others))
    ]
    makes = [path for path in submission.files(*TASK_FILES) if not submission.is_template(path)]
    return bool(named or makes)


# The program with commands.

#: Of a repository's programs, so many are asked what they are.
_MOST = 6


def program(submission, student):
    """The program with the commands `train` and `evaluate`."""
    code, tried = own_code(submission), []
    names = names_in(code)
    for path, words in starts(submission, code):
        one = Program(student, words, names, path)
        try:
            said = one.help()
        except StudentFault:
            continue
        if all(re.search(rf"\b{name}\b", said) for name in ("train", "evaluate")):
            evidence(path)
            return one, code
        tried.append(path)
    where = f" (asked for help: {', '.join(map(str, tried))})" if tried else ""
    raise AssertionError(f"No program has the commands `train` and `evaluate` in its `--help`{where}.")


def starts(submission, code):
    """The ways to start the programs of a repository, those that speak of training first, console scripts last."""
    torch = {file.path for file in code if file.imports_module("torch", "lightning", "pytorch_lightning")}
    known = {one.path: one for one in submission.programs() if one.framework != "plain"}
    files = [
        file for file in code if file.path not in torch and (file.path in known or file.name == "__main__")
    ]
    files.sort(key=lambda file: ("train" not in file.text, file.path.count("/"), file.path))
    found = [(file.path, _words(submission, file)) for file in files[:_MOST]]
    return found + [
        (name, script_words(name, target)) for name, target in list(scripts(submission).items())[:_MOST]
    ]


def _words(submission, file):
    """How a file is run: as a script, or as a module where it imports its neighbours by dots."""
    package = submission.package
    inside = package is not None and package.name and file.path in package.paths
    if inside and file.name == "__main__":
        return ("python", "-m", package.module_name(file.path).removesuffix(".__main__"))
    relative = re.search(r"^\s*from\s+\.", file.text, re.MULTILINE)
    return ("python", "-m", package.module_name(file.path)) if inside and relative else ("python", file.path)


# What a model file has to be.

_READ = """
with open(path, "rb") as file:
    file.seek(begin)
    result = file.read(size)
"""
_WRITE = """
with open(path, "ab") as file:
    file.write(content)
"""
_PIECE, _MOST_PIECES = 500_000, 16


def read_whole(student, path):
    """A file of the working copy as bytes, piece by piece."""
    data = b""
    for turn in range(_MOST_PIECES):
        piece = student.probe(_READ, path=path, begin=turn * _PIECE, size=_PIECE)
        data += piece if isinstance(piece, bytes) else b""
        if len(data) < (turn + 1) * _PIECE:
            break
    return data


def write_whole(student, path, data):
    """Make a file of the working copy, piece by piece."""
    for begin in range(0, max(1, len(data)), _PIECE):
        student.probe(_WRITE, path=path, content=data[begin : begin + _PIECE])


def trained(student, rng, one, words, ending, *more, short=False):
    """Run a training command that has to leave the file that it is told; its name and what is in it."""
    option = "-o" if short else output_option(one.help(*words))
    assert option, f"`{one} {' '.join(words)} --help` shows no option --output."
    name = f"model_{rng.randrange(10**6, 10**7)}{ending}"
    done = one.run(*words, option, name, *more).succeeded()
    assert student.exists(name), (
        f"`{one} {' '.join(done.argv[len(one.start) :])}` ended well and left no file {name}."
    )
    return name, read_whole(student, name)


def evaluated(one, name):
    """What `evaluate` prints of a file: a number, and how large it could be; None where it refuses or prints none."""
    done = one.run("evaluate", name)
    return None if done.returncode else accuracy(done.output)


def judge_model(student, rng, one, name, data, refusals=2):
    """Fail unless `evaluate` makes its number of what is in a model: of the same, the same; of other numbers, another.

    Nothing tells it which of the files are as they were: they have names of one kind, in an order that nobody knows.
    """
    done = one.run("evaluate", name).succeeded()
    first = accuracy(done.output)
    assert first, f"`evaluate {name}` prints no accuracy: a number beside the word accuracy."
    _, most = first
    assert 0 < first[0] <= most, f"`evaluate {name}` prints an accuracy of {first[0]:g}."
    ending = name.removeprefix(name.partition(".")[0])
    gentle, count = changed_numbers(data, lambda number: number * (1 + 1e-9))
    assert count >= FEWEST, (
        f"The model file holds {count or 'no'} numbers: what was trained has at least those that it was trained to."
    )
    trials = [("same", data), ("same", gentle), ("noise", rng.randbytes(min(max(64, len(data)), 20_000)))]
    trials += [("other", changed_numbers(data, lambda number: _far(rng, number))[0]) for _ in range(refusals)]
    rng.shuffle(trials)
    seen = {"same": [first[0]], "noise": [], "other": []}
    for kind, content in trials:
        other = f"model_{rng.randrange(10**6, 10**7)}{ending}"
        write_whole(student, other, content)
        found = evaluated(one, other)
        seen[kind].append(found[0] if found else None)
    _believe(seen, most)
    return first[0] / most


def _far(rng, number):
    """Another number, far from the one that was there, and from all that an accuracy could be."""
    return rng.choice((-1, 1)) * rng.uniform(3, 9) * max(1.0, abs(number)) if number else rng.uniform(-9, 9)


def _believe(seen, most):
    same = seen["same"]
    assert None not in same, "`evaluate` refuses a model that has another name, or whose numbers are rounded."
    spread = max(same) - min(same)
    assert spread <= 0.2 * most, "`evaluate` says one number of a model, and another one of its copy."
    assert seen["noise"] == [None], (
        "`evaluate` prints an accuracy of a file that holds noise: does it read the model?"
    )
    others = [number for number in seen["other"] if number is not None]
    assert all(0 <= number <= most for number in others), (
        "`evaluate` prints a number that stood in the model file: count what the model gets right."
    )
    moved = [number for number in others if min(abs(number - known) for known in same) > 0.04 * most + spread]
    assert moved or len(others) < len(seen["other"]), (
        "`evaluate` prints the same accuracy, whatever numbers the model holds: it does not use them."
    )


def kinds_of(one):
    """The commands that train, each with its help: those below `train`, or `train` itself."""
    nested = one.commands("train")
    return {("train", name): said for name, said in nested.items()} or {("train",): one.help("train")}


@check(
    "`train --output FILE` leaves a model, and `evaluate FILE` prints its accuracy",
    points=3,
    scope="exercises",
    environment="required",
    hint="Two functions below `@app.command()`: `evaluate(model_file: str)`, without a default, is an argument that has to be "
    "given. It reads the model from the file, and counts how often it is right.",
)
def test_trains_and_evaluates(submission, student, rng):
    one, code = program(submission, student)
    words, said = next(iter(kinds_of(one).items()))
    name, data = trained(student, rng, one, words, suffix(said, code))
    measure("accuracy", round(judge_model(student, rng, one, name, data), 4))
    other = one.run("evaluate", "there_is_no_such_model" + suffix(said, code))
    assert other.returncode, (
        "`evaluate` of a file that does not exist ends with exit code 0: does it read the file?"
    )
    without = one.run("evaluate")
    assert refuses(without), (
        f"`evaluate` without a file is not refused: it ends with exit code {without.returncode}."
    )


@check(
    "`--output` can be shortened to `-o`",
    points=1,
    scope="exercises",
    environment="required",
    requires=["trains_and_evaluates"],
    hint='`output: Annotated[str, typer.Option("--output", "-o")] = "model.ckpt"`.',
)
def test_short_option(submission, student, rng):
    one, code = program(submission, student)
    words, said = next(iter(kinds_of(one).items()))
    trained(student, rng, one, words, suffix(said, code), short=True)


@check(
    "`train` has a command for each kind of model, with options of its own that reach the model",
    points=3,
    scope="exercises",
    environment="required",
    requires=["trains_and_evaluates"],
    hint='`train_app = typer.Typer()`, `app.add_typer(train_app, name="train")`, and `@train_app.command()` above `svm` and '
    "`knn`.",
)
def test_nested_commands(submission, student, rng):
    one, code = program(submission, student)
    kinds = {words: said for words, said in kinds_of(one).items() if len(words) == 2}
    assert len(kinds) >= 2, (
        f"`train` of {one} has {len(kinds)} commands below it, not two (`train svm`, `train knn`)."
    )
    measure("n_nested_commands", len(kinds))
    reached = []
    for words, said in list(kinds.items())[:_MOST_KINDS]:
        ending = suffix(said, code)
        name, data = trained(student, rng, one, words, ending)
        judge_model(student, rng, one, name, data, refusals=1)
        ignored = one.run(*words, f"--{rng.choice(_NEVER)}", "3", output_option(said), f"never{ending}")
        assert ignored.returncode, (
            f"`{' '.join(words)}` takes an option that it does not have, and says nothing."
        )
        reached += reaching(student, rng, one, words, said, ending, code)
    assert reached, "No option of a command below `train`, but that for the file, makes another model."
    evidence(one.path, None, f"reach the model: {', '.join(reached)}")


_MOST_KINDS = 3
_NEVER = ("velocity", "quarantine", "jigsaw", "zebra")


def reaching(student, rng, one, words, said, ending, code):
    """The options of a command that reach its model; fails where it takes some and none does."""
    same = []
    for option in own_options(said)[:4]:
        taken = 0
        for pair in values_of(rng, option, said, code):
            made = [_made(student, rng, one, words, ending, option, value) for value in pair]
            if None in made:
                continue
            if made[0] != made[1]:
                return [f"{' '.join(words)} {option}"]
            taken += 1
            if taken == 2:
                break
        same += [option] * bool(taken)
    assert not same, f"`{' '.join(words)}` makes the same model whatever {', '.join(same)} says."
    return []


def values_of(rng, option, said, code):
    """Pairs of values that an option may take: whole numbers, shares, what its help lists, words of the code."""
    yield str(rng.randrange(2, 5)), str(rng.randrange(7, 12))
    yield f"0.{rng.randrange(25, 40)}", f"0.{rng.randrange(65, 80)}"
    lines = [line for line in said.splitlines() if option in options(line)]
    for group in re.findall(r"[\[{(<]([\w-]+(?:[|,] ?[\w-]+)+)[\]})>]", " ".join(lines)):
        yield tuple(re.split(r"[|,] ?", group)[:2])
    words = {text for file in code for text in re.findall(r"[\"']([a-z][a-z_]{2,15})[\"']", file.text)}
    default = re.search(r"default\W{1,3}([a-z_]{3,15})\b", " ".join(lines))
    for word in sorted(words)[:12] if default else ():
        yield default.group(1), word


def _made(student, rng, one, words, ending, option, value):
    """The model that a command makes with an option; None where it refuses the value."""
    name = f"model_{rng.randrange(10**6, 10**7)}{ending}"
    done = one.run(*words, output_option(one.help(*words)), name, option, value)
    return read_whole(student, name) if done.returncode == 0 and student.exists(name) else None
