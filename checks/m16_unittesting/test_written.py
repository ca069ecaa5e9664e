"""M16: the tests as their syntax trees say they are: what pytest would find, what they check, what they are about."""

import ast
import re

from grader.suite import check, measure, partial, work, work_folders

from ..common.pytest_settings import pytest_settings
from ..common.written_tests import all_tests, call_name, helpers_of, is_fixture, tests_of

_BY_CONFIGURATION = ("instantiate", "import_module", "subprocess.run", "TestClient", "get_class")
#: Tests that import one of these are about an application: they are the work of M24.
_CLIENTS = ("fastapi.testclient", "starlette.testclient", "httpx", "requests", "locust")
#: What reads data, or a model, that lies there or elsewhere.
_READS = {
    "data": (
        *(
            "torch.load",
            "numpy.load",
            "numpy.loadtxt",
            "numpy.genfromtxt",
            "joblib.load",
            "pickle.load",
            "h5py.File",
        ),
        *(
            "pandas.read_csv",
            "pandas.read_parquet",
            "pandas.read_pickle",
            "pandas.read_json",
            "pandas.read_excel",
        ),
        *(
            "polars.read_csv",
            "polars.read_parquet",
            "datasets.load_from_disk",
            "datasets.load_dataset",
            "zarr.open",
        ),
        *("PIL.Image.open", "cv2.imread", "torchvision.io.read_image"),
    ),
    "model": (
        *(
            "torch.load",
            "torch.jit.load",
            "joblib.load",
            "pickle.load",
            "keras.models.load_model",
            "timm.create_model",
        ),
        *("from_pretrained", "load_from_checkpoint", "onnxruntime.InferenceSession", "load_state_dict"),
    ),
}
_SHALLOW = ("isinstance", "hasattr", "callable", "issubclass")


@work("a test function: `def test_…` in any Python file, the template's own `isinstance` test apart")
def find_work(submission):
    files = [file for file in submission.python_files() if not submission.is_template(file.path)]
    if submission.profile == "exercises":
        return folders(submission, [file for file in files if not file.imports_module(*_CLIENTS)])
    settings = pytest_settings(submission)
    return any(own_tests(file, settings, submission) for file in files)


def own_tests(file, settings, submission):
    """The test functions of a file that do more than the template's own, wherever they are."""
    named = [function.node for function in file.functions if function.name.startswith("test_")]
    found = [node for node in named if not is_fixture(node)]
    found += [node for _, node in tests_of(file, settings, submission) if node not in found]
    return [node for node in found if not is_shallow(node)]


def folders(submission, files):
    """The folders of tests: those that pytest finds first, then those with most."""
    settings = pytest_settings(submission)
    found = {file.path: many for file in files if (many := len(own_tests(file, settings, submission)))}
    return work_folders(
        submission, sorted(found, key=lambda path: (not settings.is_file(path), -found[path]))
    )


def is_empty_assertion(test):
    """Whether a condition holds whatever the code does: `True`, `1`, `x == x`, `a or True`, a tuple."""
    match test:
        case ast.Constant():
            return bool(test.value)
        case ast.Tuple() | ast.List():
            return bool(test.elts)
        case ast.Compare(left=left, comparators=[right]):
            constants = isinstance(left, ast.Constant) and isinstance(right, ast.Constant)
            return constants or ast.dump(left) == ast.dump(right)
        case ast.BoolOp(op=ast.Or()):
            return any(map(is_empty_assertion, test.values))
        case ast.BoolOp():
            return all(map(is_empty_assertion, test.values))
        case ast.UnaryOp(op=ast.Not(), operand=ast.Constant()):
            return not test.operand.value
    return False


def is_check(node):
    """Whether one node of a test can make it fail on purpose."""
    match node:
        case ast.Assert():
            return not is_empty_assertion(node.test)
        case ast.Raise():
            return True
        case ast.Call():
            name = call_name(node)
            if name.startswith("assert") and len(node.args) == 2:
                return ast.dump(node.args[0]) != ast.dump(node.args[1])
            if name == "assertTrue" and len(node.args) == 1:
                return not is_empty_assertion(node.args[0])
            return name.startswith("assert") or name in (
                "raises",
                "warns",
                "deprecated_call",
                "fail",
                "check_call",
            )
    return False


def checks_something(submission, file, node, depth=4):
    """Whether a test asserts, itself or in a function of the tests that it calls."""
    inside = [child for child in ast.walk(node) if child is not node]
    if any(map(is_check, inside)):
        return True
    return depth > 0 and any(
        checks_something(submission, *helper, depth - 1) for helper in helpers_of(submission, file, node)
    )


def is_shallow(node):
    """Whether all that a test asserts is the type of something, as the template's own test does."""
    asserts = [child.test for child in ast.walk(node) if isinstance(child, ast.Assert)]
    others = [
        child for child in ast.walk(node) if isinstance(child, ast.Call | ast.Raise) and is_check(child)
    ]
    only_types = all(isinstance(test, ast.Call) and call_name(test) in _SHALLOW for test in asserts)
    return bool(asserts) and not others and only_types


def is_skipped(file, node):
    """Whether a test is skipped whatever happens."""
    marks = list(node.decorator_list)
    marks += [
        item.value
        for item in file.tree.body
        if isinstance(item, ast.Assign) and any(ast.unparse(name) == "pytestmark" for name in item.targets)
    ]
    for owner in file.tree.body:
        marks += owner.decorator_list if isinstance(owner, ast.ClassDef) and node in owner.body else []
    for mark in marks:
        text = ast.unparse(mark)[:500]
        always = isinstance(mark, ast.Call) and mark.args and is_empty_assertion(mark.args[0])
        if re.search(r"\bskip\b", text) or (re.search(r"\bskip[iI]f\b", text) and always):
            return True
    first = next(
        (item for item in node.body if not isinstance(getattr(item, "value", None), ast.Constant)), None
    )
    return (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Call) and call_name(first.value) == "skip"
    )


@check(
    "There are test functions where pytest finds them",
    points=1,
    required="exercises",
    questions=[7],
    hint="pytest looks for functions `test_…` in files `test_….py`: put them in `tests/`, e.g. `tests/test_model.py`.",
)
def test_tests_are_found(submission):
    found, settings = all_tests(submission), pytest_settings(submission)
    per_file = {}
    for file, _, _ in found:
        per_file[file.path] = per_file.get(file.path, 0) + 1
    measure("n_test_functions", len(found))
    measure("n_test_files", len(per_file))
    seen = {id(node) for _, _, node in found}
    hidden = [
        file.evidence(function, f"{function.name} is in a file that pytest does not look into")
        for file in submission.python_files()
        if not settings.is_file(file.path) and not submission.is_template(file.path)
        for function in file.functions
        if function.name.startswith("test_")
        and "." not in function.qualname
        and id(function.node) not in seen
        and not any("fixture" in decorator.name for decorator in function.decorators)
        and checks_something(submission, file, function.node)
        and "tests" in file.path.split("/")[:-1]
    ]
    broken = [
        fault
        for fault in submission.broken_python
        if any(settings.is_file(one.path) for one in fault.evidence)
    ]
    assert not broken, [one for fault in broken for one in fault.evidence]
    if not found and not hidden and submission.unread_python:
        raise submission.unread_python[0]
    assert found, [*hidden, "No file `test_*.py` has a function `test_…`."]
    for file in dict.fromkeys(file for file, _, _ in found):
        file.evidence(None, f"{per_file[file.path]} test functions")
    assert not hidden, hidden


@check(
    "Every test checks something",
    points=2,
    required=False,
    questions=[7],
    scope="project",
    hint="Compare what the code gives with what it should give: `assert output.shape == (4, 10)`. `assert True`, or no assert "
    "at all, cannot fail.",
)
def test_tests_assert(submission):
    found = all_tests(submission)
    assert found, "There is no test function that pytest finds."
    empty = [
        file.evidence(node, f"{node.name} checks nothing")
        for file, _, node in found
        if not checks_something(submission, file, node)
    ]
    measure("n_tests_without_assertion", len(empty))
    if empty and 2 * len(empty) <= len(found):
        partial(1, f"{len(empty)} of {len(found)} test functions check nothing.", empty)
    assert not empty, empty


def naming(submission, role):
    """Whether a dotted name is a module of a role, or a function or class in one."""
    own = [one for one in submission.find(role) if not one.is_empty]
    stems = {one.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for one in own}
    symbols = {item.name for one in own for item in [*one.functions, *one.classes]}
    package = submission.package
    roots = {package.name, package.folder.partition("/")[0]} - {""} if package else set()

    def names_it(dotted):
        dotted = dotted.lstrip(".")
        if any(stem == dotted or stem.endswith(f".{dotted}") for stem in stems):
            return dotted not in roots
        head, _, last = dotted.rpartition(".")
        return last in symbols and bool(head) and (head in roots or names_it(head))

    return names_it


def about(submission, file, node, role):
    """Whether a test is about a role: its file imports the module, patches it, or gets it through a configuration."""
    names_it = naming(submission, role)
    strings = [child.value for child in ast.walk(file.tree) if isinstance(child, ast.Constant)]
    dotted = [text for text in strings if isinstance(text, str) and re.fullmatch(r"\w+(?:\.\w+){1,9}", text)]
    named = role in f"{file.path.rpartition('/')[2]} {node.name}".lower()
    if any(map(names_it, file.imports)) or any(
        names_it(text) or names_it(text.rpartition(".")[0]) for text in dotted
    ):
        return named or role != "data" or is_used_alone(submission, file, node, names_it)
    conftests = [one for one in submission.python_files("**/conftest.py") if any(map(names_it, one.imports))]
    return named and bool(conftests or any(file.calls(name) for name in _BY_CONFIGURATION))


def is_used_alone(submission, file, node, names_it):
    """Whether a test uses the data and neither the model nor the training: those need data without being about it."""
    others = [naming(submission, role) for role in ("model", "train")]
    if not any(other(name) for other in others for name in file.imports):
        return True
    used = {file.dotted(child) for child in ast.walk(node) if isinstance(child, ast.Name | ast.Attribute)}
    return any(map(names_it, used)) and not any(other(name) for other in others for name in used)


def good_tests(submission, *roles):
    """The tests about any of the roles, and what is wrong with those that do not count."""
    good, wrong = [], []
    for file, _, node in all_tests(submission):
        if any(about(submission, file, node, role) for role in roles):
            if is_skipped(file, node):
                wrong.append(file.evidence(node, f"{node.name} is always skipped"))
            elif not checks_something(submission, file, node):
                wrong.append(file.evidence(node, f"{node.name} checks nothing"))
            elif is_shallow(node):
                wrong.append(file.evidence(node, f"{node.name} checks the type of an object only"))
            else:
                good.append((file, node))
    for file, node in good[:5]:
        file.evidence(node)
    return good, wrong


def part_for_files(submission, role, subject):
    """End the check with half a point where tests read the files of a role, and nothing of the students' code makes them."""
    found = [
        file.evidence(node)
        for file, _, node in all_tests(submission)
        if role in f"{file.path.rpartition('/')[2]} {node.name}".lower()
        and any(file.calls(name) for name in _READS[role])
        and not is_skipped(file, node)
        and checks_something(submission, file, node)
    ]
    if found:
        partial(
            0.5, f"Tests read {subject} from files: none calls your code that makes or loads it.", found[:5]
        )


@check(
    "Tests check the data",
    points=1,
    required=False,
    questions=[7],
    boxes=["w2-01"],
    scope="project",
    hint="Import your data module in `tests/test_data.py` and assert what must hold: the number of samples, the shape of one, "
    "that every label occurs.",
)
def test_data_is_tested(submission):
    good, wrong = good_tests(submission, "data")
    measure("n_data_tests", len(good))
    if not good and not wrong:
        part_for_files(submission, "data", "the data")
    assert good, wrong or "No test imports the module that loads the data and checks what it gives."


@check(
    "Tests check the model or its training",
    points=1,
    required=False,
    questions=[7],
    boxes=["w2-02"],
    scope="project",
    hint="In `tests/test_model.py`: give the model an input of a known shape and assert the shape of its output. For training: "
    "a few steps on a tiny batch, and assert that the loss falls.",
)
def test_model_or_training_is_tested(submission):
    good, wrong = good_tests(submission, "model", "train")
    measure("n_model_tests", len(good))
    subjects = [
        role
        for role in ("data", "model", "train", "evaluate", "api")
        if any(about(submission, file, node, role) for file, _, node in all_tests(submission))
    ]
    measure("test_subjects", ", ".join(subjects))
    if not good and not wrong:
        part_for_files(submission, "model", "the model")
    assert good, wrong or "No test imports the model or the training and checks what it does."
