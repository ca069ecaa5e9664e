"""M9: command line programs with typer, run as a person would."""

import ast
import re
from dataclasses import dataclass

from grader.suite import check, evidence, measure, work

from ._common import LIBRARIES, TASK_FILES, own_code

#: The scripts of M6's exercise, and how many of them make a project of it.
STEPS = ("data", "train", "evaluate", "visualize")
FEWEST_STEPS = 3
GREETINGS = ("greetings", "greeting", "greet", "hello")


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


# The program that says hello.


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
    count = rng.randrange(4, 10)
    found = said_by(student, path, f"--count={count}")
    assert found == ["Hello World!"] * count, (
        f"`python {path} --count={count}` prints {len(found)} lines: {shown(found)}."
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
    refused = student.run(["python", path, "--count", "many"])
    assert refused.returncode == 2, (
        f"`python {path} --count many` ends with exit code {refused.returncode}, not 2: is `count` an `int`?"
    )
    if "--name" in help_text:
        name = rng.choice(["Ada", "Grace", "Niels", "Inge"]) + str(rng.randrange(10, 99))
        found = said_by(student, path, "--name", name)
        assert found == [f"Hello {name}!"], f"`python {path} --name {name}` prints {shown(found)}."


# The program with commands.


@dataclass(frozen=True)
class Command:
    """A command of a typer application: the words that reach it, and its function."""

    words: tuple
    function: object

    def option(self, *names):
        """The longest spelling of the option of a parameter, by the parameter's name; None if there is none."""
        spec = self.function.node.args
        parameters = [*spec.args, *spec.kwonlyargs]
        for parameter in parameters:
            if parameter.arg in names:
                return max(spellings(parameter) or [f"--{parameter.arg.replace('_', '-')}"], key=len)
        return None

    def whole_number(self):
        """The option of the first parameter of type int, or None."""
        spec = self.function.node.args
        for parameter in [*spec.args, *spec.kwonlyargs]:
            if parameter.annotation and re.search(r"\bint\b", ast.unparse(parameter.annotation)):
                return self.option(parameter.arg)
        return None


def spellings(parameter):
    """The option names in `Annotated[str, typer.Option("--output", "-o")]`."""
    if parameter.annotation is None:
        return []
    return [
        node.value
        for node in ast.walk(parameter.annotation)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"-[\w-]+", node.value)
    ]


def literal(node):
    return node.value if isinstance(node, ast.Constant) else None


def typer_commands(file):
    """Every command of the file's main typer application."""
    apps, groups, own = {}, {}, {}
    for node in ast.walk(file.tree):
        made = isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if made and file.dotted(node.value.func) == "typer.Typer":
            apps.update({target.id: node.value for target in node.targets if isinstance(target, ast.Name)})
    for call in file.calls("add_typer"):
        sub = ast.unparse(call.args[0]) if call.args else ""
        own_name = [literal(one.value) for one in getattr(apps.get(sub), "keywords", ()) if one.arg == "name"]
        name = call.argument("name") or next(iter(own_name), sub)
        groups[sub] = str(name)
    for function in file.functions:
        for decorator in function.decorators:
            app, _, kind = decorator.name.rpartition(".")
            if kind == "command" and app in apps:
                given = decorator.call.argument("name", 0) if decorator.call else None
                own.setdefault(app, []).append((given or function.name.replace("_", "-"), function))
    found = []
    for app, members in own.items():
        alone = len(members) == 1 and len(own) == 1
        for name, function in members:
            words = (name,) if app not in groups else (groups[app], name)
            found.append(Command(() if alone else words, function))
    return found


def program(submission):
    """The file with `train` and `evaluate`, and its commands; one with nested commands goes before others."""
    found = []
    for file in own_code(submission):
        if file.imports_module("torch", "lightning", "pytorch_lightning"):
            continue
        commands = typer_commands(file)
        trains = [command for command in commands if command.words[:1] == ("train",)]
        if trains:
            found.append((-len(trains), file.path, file, commands))
    assert found, "No Python file has a typer application with the commands `train` and `evaluate`."
    *_, file, commands = min(found, key=lambda item: item[:2])
    evidence(file.path)
    return file, commands


OUTPUT = ("output", "output_file", "model_path", "path", "out", "save_path", "model_file")


def trained(student, file, command, name, *more):
    """Run a training command that has to leave the file `name`."""
    option = command.option(*OUTPUT)
    assert option, file.evidence(command.function, "this command has no option --output")
    run = student.run(["python", file.path, *command.words, option, name, *more], timeout=50).succeeded()
    assert student.exists(name), f"`{' '.join(run.argv)}` ended well and left no file {name}."
    return run


@check(
    "`train --output FILE` leaves a model, and `evaluate FILE` prints its accuracy",
    points=3,
    scope="exercises",
    environment="required",
    hint="Two functions below `@app.command()`: `evaluate(model_file: str)`, without a default, is an argument that has to be "
    "given.",
)
def test_trains_and_evaluates(submission, student, rng):
    file, commands = program(submission)
    evaluate = [command for command in commands if command.words == ("evaluate",)]
    assert evaluate, f"{file.path} has no command `evaluate`."
    name = f"model_{rng.randrange(1000, 9999)}.bin"
    train = next(command for command in commands if command.words[:1] == ("train",))
    trained(student, file, train, name)
    said = student.run(["python", file.path, "evaluate", name]).succeeded().output
    figure = re.search(r"acc\w*[^\d\n]{0,30}(\d+(?:\.\d+)?)\s*%?", said, re.I)
    assert figure, f"`evaluate {name}` prints no accuracy: a number beside the word accuracy."
    accuracy = float(figure.group(1))
    assert 0 < accuracy <= 100, f"`evaluate {name}` prints an accuracy of {accuracy:g}."
    other = student.run(["python", file.path, "evaluate", "there_is_no_such_model.bin"])
    assert other.returncode, (
        "`evaluate` of a file that does not exist ends with exit code 0: does it read the file?"
    )
    without = student.run(["python", file.path, "evaluate"])
    assert without.returncode == 2, (
        f"`evaluate` without a file ends with exit code {without.returncode}, not 2."
    )


@check(
    "`--output` can be shortened to `-o`",
    points=1,
    scope="exercises",
    environment="required",
    hint='`output: Annotated[str, typer.Option("--output", "-o")] = "model.ckpt"`.',
)
def test_short_option(submission, student, rng):
    file, commands = program(submission)
    command = next(command for command in commands if command.words[:1] == ("train",))
    name = f"short_{rng.randrange(1000, 9999)}.bin"
    student.run(["python", file.path, *command.words, "-o", name], timeout=50).succeeded()
    assert student.exists(name), f"`{file.path} {' '.join(command.words)} -o {name}` left no file {name}."


@check(
    "`train` has a command for each kind of model, with options of its own that reach the model",
    points=3,
    scope="exercises",
    environment="required",
    hint='`train_app = typer.Typer()`, `app.add_typer(train_app, name="train")`, and `@train_app.command()` above `svm` and '
    "`knn`.",
)
def test_nested_commands(submission, student, rng):
    file, commands = program(submission)
    nested = [command for command in commands if len(command.words) == 2 and command.words[0] == "train"]
    assert len(nested) >= 2, (
        f"`train` of {file.path} has {len(nested)} commands below it, not two (`train svm`, `train knn`)."
    )
    said = student.run(["python", file.path, "train", "--help"]).succeeded().output
    for command in nested:
        assert command.words[1] in said, f"`train --help` does not list `{command.words[1]}`."
        trained(student, file, command, f"{command.words[1]}.bin")
    measure("n_nested_commands", len(nested))
    numbers = [command for command in nested if command.whole_number()]
    if numbers:
        command, option = numbers[0], numbers[0].whole_number()
        low, high = rng.randrange(2, 5), rng.randrange(7, 12)
        trained(student, file, command, "low.bin", option, str(low))
        trained(student, file, command, "high.bin", option, str(high))
        same = student.load(module="filecmp").cmp("low.bin", "high.bin", shallow=False).value(bool)
        assert not same, (
            f"`{' '.join(command.words)} {option}` makes the same model for {low} and for {high}."
        )
