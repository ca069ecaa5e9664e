"""M9: console scripts, and the command lines of a project's scripts."""

import ast
import re

from grader.suite import Evidence, StudentFault, check, evidence, measure, not_applicable

from ._common import (
    LIBRARIES,
    MODELS,
    NEVER,
    Program,
    accuracy,
    names_in,
    output_option,
    own_code,
    script_words,
    scripts,
    suffix,
)


def target_of(submission, target):
    """The file of `module:attribute` and the attribute's node at its top level; None for what is not there."""
    module, _, attribute = target.partition(":")
    inside = module.strip().replace(".", "/")
    package = submission.package
    above = package.folder.rpartition("/")[0] if package else ""
    roots = dict.fromkeys(["", "src/", f"{above}/" if above else ""])
    for root in roots:
        for path in (f"{root}{inside}.py", f"{root}{inside}/__init__.py"):
            if submission.exists(path):
                file = submission.python(path)
                return file, defined(file.tree.body, attribute.strip().partition(".")[0])
    return None, None


def defined(body, name):
    for node in body:
        names = [getattr(node, "name", "")]
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.asname or alias.name for alias in node.names]
        if isinstance(node, ast.If | ast.Try) and (inner := defined(node.body, name)):
            return inner
        if name in names:
            return node
    return None


@check(
    "Every console script of pyproject.toml points to something that is there",
    points=2,
    questions=[12],
    hint='Under `[project.scripts]`: `train = "my_package.train:app"`. In a `src` layout the name begins after `src`.',
)
def test_console_scripts(submission):
    found = scripts(submission)
    measure("n_console_scripts", len(found))
    if not found and submission.profile == "project":
        not_applicable("pyproject.toml declares no console scripts.")
    assert found, "pyproject.toml has no `[project.scripts]`."
    wrong = []
    for name, target in found.items():
        file, node = target_of(submission, target)
        if file is None:
            wrong.append(f"`{name}`: there is no module `{target.partition(':')[0]}`.")
        elif node is None:
            wrong.append(f"`{name}`: {file.path} defines no `{target.partition(':')[2]}`.")
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            wrong.append(f"`{name}`: `{target.partition(':')[2]}` of {file.path} cannot be called.")
        else:
            evidence(file.path, node.lineno, f"{name} = {target}")
            continue
        wrong.append(Evidence("pyproject.toml", None, f"{name} = {target}"))
    assert not wrong, wrong


_ELSEWHERE = ".elsewhere"
#: So many console scripts are tried.
_MOST = 6


@check(
    "A console script does its work from any folder, and every one explains itself",
    points=2,
    scope="exercises",
    environment="required",
    requires=["console_scripts"],
    hint="Point the script to the typer application (`my_package.cli:app`), not to a function below `@app.command()`. Then "
    "`my-script train …` writes its model to the folder that it is called in.",
)
def test_console_scripts_run(submission, student, rng):
    student.probe("import os; os.makedirs(folder, exist_ok=True)", folder=_ELSEWHERE)
    lines = {one.path for one in submission.programs() if one.framework != "plain"}
    names, ran, worked = names_in(own_code(submission)), 0, []
    for name, target in list(scripts(submission).items())[:_MOST]:
        file, _ = target_of(submission, target)
        if file is None or not (file.path in lines or file.imports_module(*LIBRARIES)):
            continue
        script = Program(student, script_words(name, target), names, name)
        asked = script.run("--help", cwd=_ELSEWHERE).succeeded().output
        assert re.search(r"usage|synopsis|hydra", asked, re.IGNORECASE), (
            f"`{name} --help` shows no help: does it read the command line?"
        )
        never = f"--{rng.choice(NEVER)}"
        assert script.run(never, "3", cwd=_ELSEWHERE).returncode, (
            f"`{name} {never} 3` ends well: it does not read the command line."
        )
        ran += 1
        worked += [name] * _works(student, rng, script, asked, own_code(submission))
    if not ran:
        not_applicable("No console script belongs to a module with a command line library.")
    assert worked, "No console script trains and leaves a model, or greets."
    evidence("pyproject.toml", None, f"works from another folder: {', '.join(worked)}")


def _trains(student, rng, script, asked, code):
    """Whether a console script that only trains leaves a model: in the file that it is told, else wherever it does."""
    option = output_option(asked)
    if option:
        name = f"model_{rng.randrange(10**6, 10**7)}{suffix(asked, code)}"
        script.run(option, name, cwd=_ELSEWHERE).succeeded()
        return student.exists(f"{_ELSEWHERE}/{name}")
    try:
        done = script.run(cwd=_ELSEWHERE, changes=True)
    except StudentFault:
        return False
    return done.returncode == 0 and any(path.rpartition(".")[2] in MODELS for path in done.changed)


def _works(student, rng, script, asked, code):
    """Whether a console script is one of the exercise's programs; fails where it is, and does not work."""
    if re.search(r"\btrain\b", asked) and re.search(r"\bevaluate\b", asked):
        nested = script.commands("train")
        words = ("train", *list(nested)[:1])
        said = script.help(*words)
        output, name = output_option(said), f"model_{rng.randrange(10**6, 10**7)}{suffix(said, code)}"
        script.run(*words, *([output, name] if output else []), cwd=_ELSEWHERE).succeeded()
        assert not output or student.exists(f"{_ELSEWHERE}/{name}"), (
            f"`{script} {' '.join(words)} {output} {name}` left no file in the folder that it was called in."
        )
        done = script.run("evaluate", name, cwd=_ELSEWHERE).succeeded()
        assert accuracy(done.output), f"`{script} evaluate {name}` prints no accuracy."
        return True
    if re.search(r"train|fit", str(script)):
        return _trains(student, rng, script, asked, code)
    if "--count" not in asked:
        return False
    count = rng.randrange(3, 9)
    said = script.run(f"--count={count}", cwd=_ELSEWHERE).succeeded().stdout.split("\n")
    assert sum("Hello" in line for line in said) == count, (
        f"`{script} --count={count}` does not greet {count} times."
    )
    return True


# Projects.


def command_line_of(file):
    """The library that reads a script's command line, or an empty string."""
    made = {
        "typer": ("typer.run", "typer.Typer"),
        "click": ("click.command", "click.group"),
        "argparse": ("argparse.ArgumentParser", "ArgumentParser"),
        "fire": ("fire.Fire",),
        "hydra": ("hydra.main",),
        "tyro": ("tyro.cli",),
        "lightning": ("LightningCLI",),
        "sys": ("sys.argv",),
    }
    return next((library for library, names in made.items() if file.uses(*names)), "")


def is_stub(file):
    """Whether it is the template's stub: a data set whose methods are still empty."""
    return any(
        method.is_stub and method.name in ("__len__", "__getitem__", "preprocess")
        for cls in file.classes
        for method in cls.methods
    )


@check(
    "The scripts for data, training or evaluation take their settings from the command line",
    points=2,
    required=False,
    scope="project",
    questions=[12],
    hint='`typer.run(train)` under `if __name__ == "__main__":` makes options of the parameters of `train`.',
)
def test_scripts_have_a_command_line(submission):
    own = {file.path: file for file in own_code(submission) if not is_stub(file)}
    found = {}
    for role in ("data", "train", "evaluate"):
        for file in submission.find(role):
            library = command_line_of(file) if file.path in own else ""
            if library and role not in found:
                found[role] = library
                evidence(file.path, None, f"{role}: {library}")
    measure("n_roles_with_command_line", len(found))
    measure("command_line_libraries", ", ".join(sorted(set(found.values()))))
    assert found, (
        "No script for data, training or evaluation reads the command line (typer, click, argparse, fire, hydra)."
    )
