"""M6: the modules do the work, and import each other by name."""

import ast
import posixpath
import re

from grader.suite import StudentFault, check, evidence, not_applicable, partial

from ..common.clients import client_of, is_client
from ..common.elsewhere import broken_library
from ..common.messages import show
from ..common.python import NO_DATA, fetches_data, own_names
from ._common import imports

_READS = (
    *(
        "load",
        "loads",
        "read_csv",
        "read_parquet",
        "read_json",
        "read_excel",
        "read_text",
        "read_bytes",
        "imread",
    ),
    *(
        "load_dataset",
        "load_from_disk",
        "loadtxt",
        "genfromtxt",
        "fetch_openml",
        "get_data",
        "urlopen",
        "urlretrieve",
    ),
    *(
        "download",
        "dataset_download",
        "download_and_extract_archive",
        "extractall",
        "Image.open",
        "requests.get",
    ),
    *(
        "open",
        "ImageFolder",
        "download_to_filename",
        "download_file",
        "DVCFileSystem",
        "torchaudio.load",
        "glob",
    ),
)
_MODELS = (
    *("Module", "LightningModule", "PreTrainedModel", "keras.Model", "BaseEstimator", "ClassifierMixin"),
    *("RegressorMixin", "GenerativeModel"),
)
_READY_MADE = (
    "from_pretrained",
    "create_model",
    "load_model",
    "torchvision.models",
    "sklearn",
    "xgboost",
    "lightgbm",
    "keras",
)
_NO_MODULE = re.compile(r"No module named '(\w+)")
#: The line of an import, as evidence has it.


def _statements(node):
    """The statements in functions that do something: no docstring, `pass`, `...`, print, return of nothing."""
    bodies = [one for one in ast.walk(node) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {id(child): child for body in bodies for child in ast.walk(body) if isinstance(child, ast.stmt)}
    idle = ast.Pass | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
    return [one for one in inside.values() if not isinstance(one, idle) and not _only_talks(one)]


def _only_talks(statement):
    if not isinstance(statement, ast.Expr):
        return isinstance(statement, ast.Raise)
    value = statement.value
    called = value.func if isinstance(value, ast.Call) else None
    return isinstance(value, ast.Constant) or (
        isinstance(called, ast.Name) and called.id in ("print", "super")
    )


def _files(submission, role, name):
    """The files of a role that are more than the template's; fails where there is none."""
    found = submission.find(role)
    if not found and submission.unread_python:
        raise submission.unread_python[0]
    notebooks = submission.files("**/*.ipynb")
    where = f" The code of `{notebooks[0]}` belongs in one." if notebooks else ""
    assert found, f"There is no module for the {name}: no `{role}.py`, and no file that does its work.{where}"
    own = [file for file in found if not submission.is_template(file.path)]
    assert own, f"`{found[0].path}` is empty, or as the template made it."
    return own


@check(
    "The data module reads or makes the data",
    points=2,
    required=False,
    scope="project",
    questions=[5, 10],
    boxes=["w1-05"],
    hint="`data.py` goes from raw data to what training needs: download or read it, preprocess it, write it, and load it "
    "again.",
)
def test_data_module_works(submission):
    files = _files(submission, "data", "data")
    for file in files:
        seen = _reads_data(submission, file)
        if seen is not None:
            show([file.evidence(seen)])
            return
    raise AssertionError(f"`{files[0].path}` neither reads nor makes data: its functions are stubs.")


def _reads_data(submission, file):
    items = [
        method
        for cls in file.classes
        for method in cls.methods
        if method.name in ("__getitem__", "setup", "__iter__")
    ]
    for method in items:
        if not method.is_stub:
            return method
    reads = [call for name in _READS for call in file.calls(name)]
    reads += [call for call in file.calls("get") if is_client(client_of(submission, file, call))]
    if reads and len(_statements(file.tree)) >= 2:
        return reads[0]
    work = _statements(file.tree)
    return work[0] if len(work) >= 6 else None


@check(
    "The model module defines a model of your own",
    points=2,
    required=False,
    scope="project",
    questions=[5, 12],
    boxes=["w1-06"],
    hint="A class with layers and a `forward` that uses them; the template's `Linear(1, 1)` is only there to be replaced.",
)
def test_model_module_works(submission):
    files = _files(submission, "model", "model")
    for file in files:
        seen = _defines_model(file)
        if seen is not None:
            show([file.evidence(seen)])
            return
    raise AssertionError(f"`{files[0].path}` defines no model: it is a stub, or the template's example.")


def _defines_model(file):
    for cls in file.classes:
        if _is_dummy(file, cls):
            continue
        inherits = cls.inherits(*_MODELS)
        works = any(
            not method.is_stub
            and method.name in ("forward", "training_step", "call", "fit", "predict", "__call__")
            for method in cls.methods
        )
        if works and (inherits or len(_statements(cls.node)) >= 3):
            return cls
    work = _statements(file.tree)
    ready = file.calls("from_pretrained") or file.calls("create_model") or file.calls("nn.Sequential")
    if ready or (file.imports_module(*_READY_MADE) and len(work) >= 2):
        return ready[0] if ready else work[0]
    others = [
        one for one in work if not any(_is_dummy(file, cls) and _within(cls, one) for cls in file.classes)
    ]
    return others[0] if len(others) >= 6 else None


def _is_dummy(file, cls):
    """The template's example: one layer, from one number to one number."""
    layers = [call for call in file.calls(within=cls.node) if call.name.rpartition(".")[2][:1].isupper()]
    sizes = [(call.argument("in_features", 0), call.argument("out_features", 1)) for call in layers]
    return len(layers) == 1 and layers[0].name.endswith("Linear") and sizes == [(1, 1)]


def _within(cls, statement):
    return cls.node.lineno <= statement.lineno <= (cls.node.end_lineno or cls.node.lineno)


@check(
    "The training module trains",
    points=2,
    required=False,
    scope="project",
    questions=[5, 12],
    boxes=["w1-06"],
    hint="A loop over the data with a step that changes the model (`loss.backward()` and `optimizer.step()`, or a "
    "`Trainer` and its `fit`), and the trained model written to a file.",
)
def test_training_module_works(submission):
    files = _files(submission, "train", "training")
    # The loop may lie beside the script that starts it.
    for file in [*files, *(one for one in submission.code() if one not in files and _fits(one))]:
        seen = _trains(file)
        if seen is not None:
            show([file.evidence(seen)])
            return
    started = [command.evidence for command in submission.running(*_TRAINING_COMMANDS)]
    if started:
        partial(1, f"`{files[0].path}` does not train; a library's own command does.", started[:3])
    raise AssertionError(
        f"`{files[0].path}` does not train: there is no loop that changes a model, and no `fit`."
    )


#: Commands of libraries that hold the training loop.
_TRAINING_COMMANDS = (
    *(
        "nnUNetv2_train",
        "nnUNet_train",
        "yolo train",
        "yolo detect train",
        "yolo segment train",
        "yolo classify train",
    ),
    *(
        "spacy train",
        "rasa train",
        "fairseq-train",
        "onmt_train",
        "tune run",
        "axolotl train",
        "llamafactory-cli train",
    ),
    *("mim train", "autotrain", "sockeye-train"),
)


def _fits(file):
    """The call that trains without a doubt: a step down the gradient, or a command line and a learner that hold the loop."""
    backward, step = file.calls("backward"), file.calls("step")
    if backward and step:
        return backward[0]
    whole = [call for name in ("LightningCLI", "fine_tune", "fit_one_cycle") for call in file.calls(name)]
    return whole[0] if whole else None


def _trains(file):
    sure = _fits(file)
    if sure is not None:
        return sure
    fits = [call for call in file.calls() if call.name.endswith((".fit", ".fit_transform", ".fit_generator"))]
    fits += [
        call
        for call in file.calls("train")
        if call.args or "trainer" in call.name.lower() or "Trainer" in call.name
    ]
    fits += [
        call
        for call in file.calls("train")
        if file.imports_module("transformers", "ultralytics", "xgboost", "lightgbm")
    ]
    if fits and fits[0].name.rpartition(".")[0]:
        return fits[0]
    loops = [
        node
        for body in ast.walk(file.tree)
        if isinstance(body, ast.FunctionDef)
        for node in ast.walk(body)
        if isinstance(node, ast.For | ast.While)
    ]
    busy = [loop for loop in loops if any(call.name.rpartition(".")[0] for call in file.calls(within=loop))]
    return busy[0] if busy and len(_statements(file.tree)) >= 5 else None


@check(
    "The package and its modules can be imported",
    points=2,
    scope="project",
    environment="required",
    hint="Importing a module only defines things: put what it does when run as a script behind "
    '`if __name__ == "__main__":`, and import the package\'s own modules by their full name.',
)
def test_modules_can_be_imported(submission, student):
    package = submission.package
    if package is None or not package.name or not package.folder:
        not_applicable("The code lies in no package.")
    wanted = [
        file
        for role in ("data", "model", "train")
        for file in package.find(role)
        if file.path in package.paths
    ]
    first = {file.path: file for file in wanted if file.path.startswith(package.folder)}
    chosen = list(first.values())[:3]
    if not chosen:
        not_applicable("The package holds no module for data, model or training.")
    names = {package.module_name(file.path): file.path for file in chosen}
    found = imports(student, names)
    for name, fault in found.items():
        if fault is None:
            evidence(names[name], None, f"import {name}")
    # What is behind a module that fails is evidence; the first that fails decides.
    for name, fault in found.items():
        if fault is None or _imports_as_a_script(submission, student, name, names[name], fault):
            continue
        if why := student.excuse(fault.message, own=own_names(submission)):
            not_applicable(f"`import {name}`: {why}")
        if NO_DATA.search(fault.message) and fetches_data(submission):
            not_applicable(f"`import {name}`: It reads data that is not in git: {fault.message}")
        if library := _breaks_in(submission, fault):
            not_applicable(
                f"`import {name}`: With the versions here `import {library}` fails: {fault.message}"
            )
        raise StudentFault(
            fault.kind, f"`import {name}`: {fault.message}", fault.evidence, fault.raised, fault.inside
        ) from fault


def _imports_as_a_script(submission, student, name, path, fault):
    """Whether a module that asks for a neighbour by its bare name can be imported as a script sees it, its folder first."""
    missing = _NO_MODULE.search(fault.message)
    folder = posixpath.dirname(path)
    if not missing or not submission.files(f"{folder}/{missing[1]}.py", f"{folder}/{missing[1]}/**/*.py"):
        return False
    if imports(student, {name: path}, beside=folder)[name] is not None:
        return False
    evidence(
        path, None, f"import {name}, from its own folder only: `{missing[1]}` is asked for by its bare name"
    )
    return True


def _breaks_in(submission, fault):
    """The library whose own code fails as it is imported; empty where the students' code fails, or asks for what is not there.

    The innermost line of theirs is the import then.
    """
    return broken_library(submission, fault.message, fault.evidence[0].text) if fault.evidence else ""
