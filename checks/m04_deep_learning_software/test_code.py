"""M4: the training code of a project, as its syntax tree says it is."""

import ast

from grader.suite import check, not_applicable

from ..common.messages import show
from ._common import own_code

MODULES = ("Module", "LightningModule")
TRAINERS = ("Trainer", "fit", "YOLO", "Seq2SeqTrainer", "SFTTrainer")
SCRIPTED = ("training_step", "configure_optimizers")
ROLES = ("model", "train", "evaluate", "data")


def code_apart_from_tests(submission):
    """The students' Python and notebooks, tests apart."""
    return [file for file in own_code(submission) if not is_test(file.path)]


def is_test(path):
    *folders, name = path.split("/")
    return "tests" in folders or name.startswith("test_") or name == "conftest.py"


def no_training():
    not_applicable("No code here trains a model step by step or saves one.")


@check(
    "The training loop zeroes the gradients, back-propagates and steps",
    points=2,
    scope="project",
    hint="In this order, for each batch: `optimizer.zero_grad()`, `loss = …`, `loss.backward()`, `optimizer.step()`.",
)
def test_training_pass(submission):
    wrong, right = [], []
    for file in code_apart_from_tests(submission):
        backward = [call for call in file.calls("backward") if "." in call.name]
        if has_trainer(file):
            right.append(file.evidence(1, "a trainer does the steps"))
            continue
        for call in backward:
            body = innermost(file, call)
            steps, zeros = file.calls("step", within=body), file.calls("zero_grad", within=body)
            if not steps:
                wrong.append(file.evidence(call, f"no optimizer.step() after {call.name}()"))
            elif not zeros and not sets_none(body):
                wrong.append(file.evidence(call, f"no optimizer.zero_grad() before {call.name}()"))
            elif zeros and all(call.line < zero.line < max(step.line for step in steps) for zero in zeros):
                wrong.append(
                    file.evidence(zeros[0], "the gradients are zeroed between backward() and step()")
                )
            else:
                right.append(file.evidence(call))
    show(right[:5])
    if not right and not wrong:
        no_training()
    # A notebook shows a step without a loop before it shows the loop.
    in_scripts = [one for one in wrong if not one.path.endswith(".ipynb")]
    assert right, wrong
    assert not in_scripts, in_scripts


def has_trainer(file):
    """Whether a library does the steps."""
    return any(file.calls(name) for name in TRAINERS) or any(name in file.functions for name in SCRIPTED)


def innermost(file, call):
    """The smallest loop around a call, else its function, else the file."""
    around = [
        node
        for node in ast.walk(file.tree)
        if isinstance(node, ast.For | ast.While | ast.AsyncFor)
        and node.lineno <= call.line <= (node.end_lineno or node.lineno)
    ] or [
        function.node
        for function in file.functions
        if function.line <= call.line <= (function.node.end_lineno or function.line)
    ]
    return min(around, key=lambda node: (node.end_lineno or 0) - node.lineno) if around else file.tree


def sets_none(body):
    """Whether gradients are reset by hand: `p.grad = None`."""
    return any(
        isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Attribute) and target.attr == "grad" for target in node.targets)
        for node in ast.walk(body)
    )


@check(
    "Weights are saved as a state_dict, not as a whole model",
    points=1,
    required=False,
    scope="project",
    hint="`torch.save(model.state_dict(), path)`: a pickled model breaks when its class moves, and `torch.load` refuses it.",
)
def test_saves_state_dict(submission):
    files = code_apart_from_tests(submission)
    classes = {cls.name for file in files for cls in file.classes if cls.inherits(*MODULES)}
    whole, good = [], []
    for file in files:
        if file.path.endswith(".ipynb"):
            continue
        for call in file.calls("torch.save"):
            if call.args and is_model(file, call, classes):
                whole.append(file.evidence(call))
            elif "state_dict" in ast.unparse(call.node) or "state_dict" in assigned(file, call):
                good.append(file.evidence(call))
        named = (
            "ModelCheckpoint",
            "save_checkpoint",
            "save_pretrained",
            "save_file",
            "onnx.export",
            "Trainer",
        )
        good += [file.evidence(call) for name in named for call in file.calls(name)]
    show(good[:5])
    assert not whole, whole
    if not good:
        no_training()


def is_model(file, call, classes):
    """Whether what is saved is a variable that holds an instance of one of the students' model classes."""
    saved = ast.unparse(call.args[0])
    if any(saved == f"{name}()" for name in classes):
        return True
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Assign) and saved in map(ast.unparse, node.targets):
            value = node.value
            while (
                isinstance(value, ast.Call)
                and isinstance(value.func, ast.Attribute)
                and value.func.attr == "to"
            ):
                value = value.func.value
            if isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] in classes:
                return True
    return False


def assigned(file, call):
    """What the saved variable was assigned from, as text."""
    saved = ast.unparse(call.args[0]) if call.args else ""
    found = [
        ast.unparse(node.value)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Assign) and saved in map(ast.unparse, node.targets)
    ]
    return " ".join(found)


@check(
    "Importing the model, data and training modules starts nothing",
    points=1,
    required=False,
    scope="project",
    hint='Put what a script does under `if __name__ == "__main__":`, so that tests and other scripts can import it.',
)
def test_imports_start_nothing(submission):
    own = {file.path for file in code_apart_from_tests(submission)}
    files = {file.path: file for role in ROLES for file in submission.find(role) if file.path in own}
    if not files:
        not_applicable("There is no model, data or training module.")
    started = [
        file.evidence(node)
        for file in files.values()
        if not file.path.endswith("__main__.py")
        for node in file.tree.body
        if starts_work(file, node)
    ]
    assert not started, started


def starts_work(file, node):
    """Whether a statement of the module itself runs a program: its own functions, its command line, a training loop."""
    if isinstance(node, ast.For | ast.While | ast.With):
        return bool(file.calls("backward", within=node))
    if not isinstance(node, ast.Expr | ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    call = node.value
    name = file.dotted(call.func)
    if name in ("typer.run", "fire.Fire", "uvicorn.run"):
        return True
    apps = {
        ast.unparse(target)
        for made in file.tree.body
        if isinstance(made, ast.Assign) and isinstance(made.value, ast.Call)
        for target in made.targets
        if file.dotted(made.value.func) in ("typer.Typer", "click.Group")
    }
    decorated = {function.name for function in file.functions if function.decorators}
    runs = {"main", "train", "evaluate", "preprocess", "train_model", "run", "fit"} | apps
    local = {function.name for function in file.functions if "." not in function.qualname} | apps
    called = ast.unparse(call.func)
    return isinstance(node, ast.Expr) and called in local and (called in runs or called in decorated)
