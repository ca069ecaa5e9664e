"""M16: the students' code and tests as syntax trees, and what runs of pytest have in common."""

import ast
import re
import xml.etree.ElementTree as ElementTree

from grader.suite import StudentFault

from ..common.python import FINDABLE

MODULES = 60
#: What one run of the students' tests may take.
WALL_S, CPU_S = 58.0, 55
NO_DATA = re.compile(r"FileNotFoundError|No such file or directory|NotADirectoryError")
#: Options of every run. The last is a plugin of the tools that stand behind the students' packages: of an older platformdirs
#: of theirs it cannot be imported.
QUIETLY = (
    *("-q", "--tb=line", "--rootdir=.", "--continue-on-collection-errors"),
    *("-p", "no:cacheprovider", "-p", "no:platformdirs"),
)
#: Beside them, where a report is read that names each test by its function.
REPORTED = ("-o", "addopts=", "-o", "junit_family=xunit1", "-o", "python_functions=test")
_SPECIAL = ("__init__", "__call__", "__len__", "__getitem__")
#: Decorators of functions whose body never runs, or not as it stands.
_NO_BODY = re.compile(r"\bjit\b|overload|abstract")
_NO_CODE = re.compile(r"^(?:tasks|setup|noxfile|fabfile|report)\.py$|^(?:docs|reports|notebooks|scripts)/")


def tests_of(file):
    """The test functions that pytest finds in a file: `(class or "", node)`."""
    found = []
    for node in file.tree.body if FINDABLE.search(file.path) else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            found.append(("", node))
        elif isinstance(node, ast.ClassDef):
            cls = file.classes.get(node.name)
            plain = node.name.startswith("Test") and "__init__" not in cls.methods
            if plain or cls.inherits("TestCase", "IsolatedAsyncioTestCase"):
                found += [
                    (node.name, method.node) for method in cls.methods if method.name.startswith("test")
                ]
    return found


def all_tests(submission):
    """`(file, class or "", node)` of every test function of the students' own."""
    files = [file for file in submission.python_files() if not submission.is_template(file.path)]
    return [(file, cls, node) for file in files for cls, node in tests_of(file)]


def call_name(node):
    """The last part of what a call calls."""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def is_text(node):
    """Whether a statement is a docstring, or another value that nobody uses."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def functions(tree):
    """Functions that do something and that a wire or a mutant may be put in."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (not node.name.startswith("__") or node.name in _SPECIAL)
        and not any(_NO_BODY.search(ast.unparse(mark)) for mark in node.decorator_list)
        and not all(isinstance(item, ast.Pass) or is_text(item) for item in node.body)
    ]


def code_of(submission):
    """The students' code that tests are meant for: the package and its neighbours, without tests and tools."""
    package = submission.package
    found = [file for one in (package, *package.secondary) for file in one.modules] if package else []
    return [file for file in found if not _NO_CODE.search(file.path) and not file.is_empty][:MODULES]


def read_cases(text):
    """The test cases of a report in JUnit's format; nothing in it is taken for more than a short text."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise StudentFault("reply", "The report of the test run is not one that pytest writes.")
    try:
        return list(ElementTree.fromstring(text).iter("testcase"))[:10_000]  # noqa: S314 - no entities, 1 MB at most
    except (ElementTree.ParseError, ValueError, RecursionError) as problem:
        raise StudentFault("reply", "The report of the test run cannot be read.") from problem
