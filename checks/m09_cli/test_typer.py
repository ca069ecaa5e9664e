"""M9: a program with commands, run as a person would, whatever library it is made with."""

import re

from grader.suite import StudentFault, check, evidence, measure, shared, work

from ..common.mutants import FEWEST, changed_numbers
from ._common import (
    GREETINGS,
    LIBRARIES,
    NEVER,
    TASK_FILES,
    Program,
    accuracy,
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
    # M4's script takes its settings by typer, M11's by Hydra, M14's from a tracker: training is no exercise in command lines.
    others = ("torch", "hydra", "wandb") if submission.profile == "exercises" else ()
    code = own_code(submission)
    steps = [file.path for file in code if file.name in STEPS] if others else []
    if len(steps) >= FEWEST_STEPS:
        # So has M6's exercise, a script for each step of a project, with tasks that start them.
        return any(file.name in GREETINGS for file in code)
    named = [
        file
        for file in code
        # The course's first script, of M1, says hello, too, and reads no command line.
        if (file.name in GREETINGS and (file.name != "hello" or file.uses("sys.argv")))
        or (file.imports_module("invoke", *LIBRARIES) and not file.imports_module(*others))
    ]
    makes = [path for path in submission.files(*TASK_FILES) if not submission.is_template(path)]
    return bool(named or makes)


# The program with commands.

#: Of a repository's programs, so many are asked what they are, and so much of a help is kept.
_MOST = 6
_MOST_HELP = 6_000


@shared
def lines(student, submission):
    """The program with the commands `train` and `evaluate`, and what it says of those that train; or what was asked."""
    code, tried = own_code(submission), []
    for path, words in starts(submission, code):
        one = Program(student, words, names_in(code), path)
        try:
            said = one.help()
        except StudentFault:
            continue
        if all(re.search(rf"\b{name}\b", said) for name in ("train", "evaluate")):
            return {"path": path, "words": list(words), "kinds": kinds_of(one)}
        tried.append(str(path))
    return {"tried": tried}


def program(submission, student):
    """The program with the commands `train` and `evaluate`, and the words of those that train with their help."""
    found = lines(student, submission)
    where = f" (asked for help: {', '.join(found['tried'])})" if found.get("tried") else ""
    assert "path" in found, f"No program has the commands `train` and `evaluate` in its `--help`{where}."
    evidence(found["path"])
    kinds = {tuple(words): said for words, said in found["kinds"]}
    return Program(student, found["words"], path=found["path"]), kinds


def kinds_of(one):
    """The commands that train, each with its help: those below `train`, or `train` itself."""
    nested = [[["train", name], said[:_MOST_HELP]] for name, said in one.commands("train").items()]
    return nested or [[["train"], one.help("train")[:_MOST_HELP]]]


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
import hashlib, os

result = []
for path in paths:
    whole = b""
    if os.path.isfile(path):
        with open(path, "rb") as file:
            whole = file.read(50_000_000)
    result.append([whole[:most], hashlib.sha256(whole).hexdigest() if os.path.isfile(path) else ""])
"""
_WRITE = """
for path, content in files.items():
    with open(path, "wb") as file:
        file.write(content)
"""
#: The numbers of larger models are not changed: what crosses has a limit.
_MOST_BYTES = 600_000


def digests(student, *paths):
    """What tells files of the working copy apart; empty for one that is not there."""
    found = student.probe(_READ, paths=list(paths), most=0)
    known = isinstance(found, list) and len(found) == len(paths)
    return [str(one[1]) for one in found] if known else [""] * len(paths)


def new_name(rng, ending):
    return f"model_{rng.randrange(10**6, 10**7)}{ending}"


def trained(student, rng, one, words, said, ending, *, short=False):
    """Run a training command that has to leave the file that it is told; its name and what is in it."""
    option = "-o" if short else output_option(said)
    assert option, f"`{one} {' '.join(words)} --help` shows no option --output."
    name = new_name(rng, ending)
    one.run(*words, option, name).succeeded()
    data, digest = student.probe(_READ, paths=[name], most=_MOST_BYTES)[0]
    assert digest, f"`{one} {' '.join(words)} {option} {name}` ended well and left no file {name}."
    return name, data


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
    trials = [("noise", rng.randbytes(min(max(64, len(data)), 20_000)))]
    if len(data) < _MOST_BYTES:
        trials += [("same", data)] * (refusals > 1) + [("same", gentle)]
        trials += [("other", _others(rng, data, whole)) for whole in (False, True)[:refusals]]
    rng.shuffle(trials)
    seen = {"same": [first[0]], "noise": [], "other": []}
    named = [(kind, new_name(rng, ending), content) for kind, content in trials]
    for _, other, content in named if len(data) > _MOST_BYTES // 6 else ():
        student.probe(_WRITE, files={other: content})
    if len(data) <= _MOST_BYTES // 6:
        student.probe(_WRITE, files={other: content for _, other, content in named})
    for kind, other, _ in named:
        found = evaluated(one, other)
        seen[kind].append(found[0] if found else None)
    _believe(seen, most)
    return first[0] / most


def _others(rng, data, whole):
    """A file with other numbers, far from those that were there, and from all that an accuracy could be.

    Whole numbers may be sizes, without which nothing can be told: they change if asked for, or if there are no others.
    """

    def change(number):
        if isinstance(number, int) and not whole:
            return number
        return rng.choice((-1, 1)) * rng.uniform(3, 9) * max(1.0, abs(number))

    found, _ = changed_numbers(data, change)
    return found if whole or found != data else _others(rng, data, True)


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
    assert moved or not others, (
        "`evaluate` prints the same accuracy, whatever numbers the model holds: it does not use them."
    )


@check(
    "`train --output FILE` leaves a model, and `evaluate FILE` prints its accuracy",
    points=3,
    scope="exercises",
    environment="required",
    hint="Two functions below `@app.command()`: `evaluate(model_file: str)`, without a default, is an argument that has to be "
    "given. It reads the model from the file, and counts how often it is right.",
)
def test_trains_and_evaluates(submission, student, rng):
    one, kinds = program(submission, student)
    words, said = next(iter(kinds.items()))
    ending = suffix(said, own_code(submission))
    name, data = trained(student, rng, one, words, said, ending)
    measure("accuracy", round(judge_model(student, rng, one, name, data), 4))
    other = one.run("evaluate", f"there_is_no_such_model{ending}")
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
    one, kinds = program(submission, student)
    words, said = next(iter(kinds.items()))
    trained(student, rng, one, words, said, suffix(said, own_code(submission)), short=True)


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
    one, kinds = program(submission, student)
    kinds = {words: said for words, said in kinds.items() if len(words) == 2}
    assert len(kinds) >= 2, (
        f"`train` of {one} has {len(kinds)} commands below it, not two (`train svm`, `train knn`)."
    )
    measure("n_nested_commands", len(kinds))
    reached, code = [], own_code(submission)
    for number, (words, said) in enumerate(list(kinds.items())[:_MOST_KINDS]):
        ending = suffix(said, code)
        name, data = trained(student, rng, one, words, said, ending)
        # The first is judged by the check before this one.
        if number:
            judge_model(student, rng, one, name, data, refusals=1)
        ignored = one.run(*words, f"--{rng.choice(NEVER)}", "3", output_option(said), f"never{ending}")
        assert ignored.returncode, (
            f"`{' '.join(words)}` takes an option that it does not have, and says nothing."
        )
        reached += reaching(student, rng, one, words, said, ending, code)
    assert reached, "No option of a command below `train`, but that for the file, makes another model."
    evidence(one.path, None, f"reach the model: {', '.join(reached)}")


_MOST_KINDS = 3


def reaching(student, rng, one, words, said, ending, code):
    """The options of a command that reach its model; fails where it takes some and none does."""
    same = []
    for option in own_options(said)[:4]:
        taken = 0
        for pair in values_of(rng, option, said, code):
            made = [new_name(rng, ending) for _ in pair]
            ran = [
                one.run(*words, output_option(said), name, option, value).returncode == 0
                for name, value in zip(made, pair, strict=True)
            ]
            if not all(ran) or "" in (found := digests(student, *made)):
                continue
            if found[0] != found[1]:
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
    # Words of the code, where the default is a word.
    for word in sorted(words - {default.group(1)})[:4] if default else ():
        yield default.group(1), word
