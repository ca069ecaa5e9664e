"""The students' tests as their syntax trees: which functions pytest finds, and what of the tests' own code they call."""

import ast
import re
from itertools import chain

from .pytest_settings import pytest_settings

#: Files beside tests: a function that asserts there is a part of the test, one of the code under test is not.
_OF_TESTS = re.compile(
    r"(?:^|/)(?:tests?|\w{0,30}_?tests?)/|(?:^|/)(?:conftest|test_\w*|\w*_test|\w*helpers?|testing)\.py$"
)
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
_UNITTEST = ("TestCase", "IsolatedAsyncioTestCase")
#: Statements whose bodies run as a module is imported.
_BODIES = ("body", "orelse", "finalbody", "handlers")
#: Classes of which one inherits, and functions that call each other, from the first one on.
MAX_DEPTH = 8


def tests_of(file, settings, submission):
    """The test functions that pytest finds in a file, inherited and imported ones too: `(class or "", node)`."""
    return [(cls, node) for _, cls, node in _found(file, settings, submission)]


def _found(file, settings, submission):
    """`(home, class or "", node)` of the tests of a file; `home` is the file that their code stands in."""
    if not settings.is_file(file.path):
        return []
    found = []
    for home, node, name in chain(
        ((file, node, node.name) for node in _top(file.tree)), _imported(file, submission)
    ):
        if isinstance(node, ast.ClassDef):
            found += _methods(home, node, settings, submission, name)
        elif settings.is_function(name) and not is_fixture(node):
            found.append((home, "", node))
    return found


def is_fixture(node):
    """Whether a function is a fixture: pytest makes it no test, whatever its name begins with."""
    marks = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
    return any(getattr(one, "attr", getattr(one, "id", "")) == "fixture" for one in marks)


def _top(node):
    """The functions and classes that stand at the top level of a module or class, below `if` and `try` too."""
    for child in node.body:
        if isinstance(child, _FUNCTIONS | ast.ClassDef):
            yield child
        elif isinstance(child, ast.If | ast.Try | ast.With):
            for name in _BODIES:
                for inner in getattr(child, name, ()):
                    holder = ast.Module([inner], []) if not isinstance(inner, ast.ExceptHandler) else inner
                    yield from _top(holder)


def _imported(file, submission):
    """`(home, node, name)` of functions and classes of other test files that this one imports: pytest collects them, too."""
    for node in file.tree.body:
        if not isinstance(node, ast.ImportFrom):
            continue
        module = submission.modules.module("." * node.level + (node.module or ""), file)
        if module is None or module is file or not _OF_TESTS.search(module.path):
            continue
        names = {alias.name: alias.asname or alias.name for alias in node.names}
        for one in _top(module.tree):
            if one.name in names or ("*" in names and not one.name.startswith("_")):
                yield module, one, names.get(one.name, one.name)


def _methods(file, node, settings, submission, name, outer=""):
    """The test methods of a class: its own, those of its bases, and those of the classes inside."""
    unittest = _is_unittest(file, node, submission)
    marked = _is_marked(node)
    plain = settings.is_class(name) and not any(
        isinstance(one, _FUNCTIONS) and one.name == "__init__" for one in node.body
    )
    if marked is False or not (plain or unittest):
        return []
    path = f"{outer}::{name}" if outer else name
    found, seen = [], set()
    for home, one in _line(file, node, submission):
        for method in _top(one):
            if isinstance(method, ast.ClassDef):
                if one is node and not unittest:
                    found += _methods(home, method, settings, submission, method.name, path)
            elif method.name not in seen:
                seen.add(method.name)
                named = settings.is_function(method.name) or (unittest and method.name.startswith("test"))
                if named and not is_fixture(method):
                    found.append((home, path, method))
    return found


def _is_marked(node):
    """What `__test__ = …` of a class says, None where it says nothing."""
    for one in node.body:
        if isinstance(one, ast.Assign) and any(getattr(name, "id", "") == "__test__" for name in one.targets):
            return bool(getattr(one.value, "value", True))
    return None


def _line(file, node, submission, depth=0):
    """A class and its bases in the repository, in the order in which Python looks into them (nearly)."""
    yield file, node
    for base in node.bases if depth < MAX_DEPTH else ():
        home, found = _class_of(file, base, submission)
        if found is not None and found is not node:
            yield from _line(home, found, submission, depth + 1)


def _class_of(file, base, submission):
    place = submission.modules.home(base, file)
    if place is None:
        home, name = file, getattr(base, "id", "")
    else:
        home, name = place
    cls = home.classes.get(name) if name else None
    return home, cls.node if cls else None


def _is_unittest(file, node, submission):
    return any(
        home.classes.get(one.name) is not None and home.classes.get(one.name).inherits(*_UNITTEST)
        for home, one in _line(file, node, submission)
    )


def _all(submission):
    """`(file, home, class or "", node)` of every test function of the students' own."""
    settings = pytest_settings(submission)
    files = [file for file in submission.python_files() if not submission.is_template(file.path)]
    return [(file, *found) for file in files for found in _found(file, settings, submission)]


def all_tests(submission):
    """`(file, class or "", node)` of every test function of the students' own, in the file where its code stands."""
    found = {id(node): (home, cls, node) for _, home, cls, node in _all(submission)}
    return list(found.values())


def known_tests(submission):
    """`{node id: (file, node)}` of every test function; the file is the one where its code stands."""
    found = {
        "::".join(part for part in (file.path, cls, node.name) if part): (home, node)
        for file, home, cls, node in _all(submission)
    }
    assert found, "There is no test function that pytest finds."
    return found


def call_name(node):
    """The last part of what a call calls."""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def helpers_of(submission, file, node):
    """`[(file, node)]` of the group's own functions that a test calls or has as fixtures, beside it or in another test file."""
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    names = {getattr(called, "attr", getattr(called, "id", "")) for called in calls}
    found = [(file, one.node) for one in file.functions if one.name in names and one.node is not node]
    for called in [*calls, *_partial(submission, file, names)]:
        place = submission.modules.home(called, file)
        if place and place[0] is not file and _OF_TESTS.search(place[0].path):
            found += [(place[0], one.node) for one in place[0].functions if one.qualname == place[1]]
    own = {called.attr for called in calls if isinstance(called, ast.Attribute) and _is_self(called.value)}
    for home, one in _bases(submission, file, node) if own else ():
        found += [(home, method) for method in _top(one) if method.name in own and method is not node]
    return [*found, *_fixtures(submission, file, node, names)]


def _is_self(node):
    return getattr(node, "id", "") in ("self", "cls")


def _bases(submission, file, node):
    """The classes from which the class around a test inherits."""
    for cls in file.classes:
        if node in cls.node.body:
            yield from list(_line(file, cls.node, submission))[1:]


def _partial(submission, file, names):
    """What stands in `check = functools.partial(helper, …)` of names that are called."""
    for name, value in submission.modules.assigned(file).items():
        if name in names and isinstance(value, ast.Call) and call_name(value) == "partial":
            yield from value.args[:1]


def _fixtures(submission, file, node, called):
    """What fixtures of a test do in its place: behind their `yield`, and in functions that they hand to it."""
    if not isinstance(node, _FUNCTIONS):
        return []
    wanted = {one.arg for one in [*node.args.args, *node.args.kwonlyargs]}
    folders = file.path.split("/")[:-1]
    above = {"/".join([*folders[:depth], "conftest.py"]) for depth in range(len(folders) + 1)}
    homes = [file, *(one for one in submission.python_files() if one.path in above and one is not file)]
    found = []
    for home in homes:
        for one in home.functions:
            marks = [mark for mark in one.decorators if mark.name.rpartition(".")[2] == "fixture"]
            always = any(mark.call is not None and mark.call.argument("autouse") is True for mark in marks)
            if marks and one.node is not node and (one.name in wanted or always):
                found += [(home, part) for part in _of_fixture(one.node, one.name in called)]
    return found


def _of_fixture(node, is_called):
    after = [
        number
        for number, one in enumerate(node.body)
        if any(isinstance(inner, ast.Yield) for inner in ast.walk(one))
    ]
    if after and node.body[after[-1] + 1 :]:
        yield ast.Module(node.body[after[-1] + 1 :], [])
    for one in node.body if is_called else ():
        if isinstance(one, _FUNCTIONS):
            yield one
