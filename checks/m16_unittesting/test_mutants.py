"""M16: whether the tests notice when the code is broken: a few mutants of what they run, against the same code written anew."""

import ast
import copy
import re
import secrets
import time

from grader.suite import StudentFault, check, evidence, measure, not_applicable, partial

from ..common.python import FINDABLE, own_names
from ._common import CPU_S, NO_DATA, QUIETLY, REPORTED, WALL_S, code_of, functions, is_text, read_cases

_RC = "[report]\nignore_errors = True\n[run]\nsource = .\nrelative_files = True\n"
_CHECKS = re.compile(r"^(?:assert|raises$|warns$|fail$|deprecated_call$)")
MUTANTS, BUDGET_S = 6, 80.0
# Another value of the same type, so that a test has to look at it: what crashes on None would notice nothing else.
_OTHER = """
def _other(value):
    if isinstance(value, (bool, int, float)):
        return not value if isinstance(value, bool) else value + 1
    if type(value) is tuple and value:
        return (_other(value[0]), *value[1:])
    if isinstance(value, (str, list)):
        return value[:-1] or value * 2 or type(value)("x")
    if isinstance(value, dict) and value:
        return dict(list(value.items())[:-1])
    if hasattr(value, "iloc"):
        return value.iloc[:-1]
    if hasattr(value, "shape"):
        return value[..., :-1] if len(value.shape) and value.shape[-1] > 1 else value + 1
    return None
"""
_FLIPPED = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip


def tests_of(submission):
    """The test functions that pytest finds, by node id, and whether each asserts something."""
    found = {}
    for file in submission.python_files():
        if submission.is_template(file.path) or not FINDABLE.search(file.path):
            continue
        for function in file.functions:
            if function.name.startswith("test") and function.qualname.count(".") < 2:
                key = f"{file.path}::{function.qualname.replace('.', '::')}"
                found[key] = asserts(file, function.node)
    return found


def asserts(file, node, depth=2):
    """Whether a test asserts something that the code decides, itself or in a function of its file that it calls."""
    inside = list(ast.walk(node))
    calls = [one.func for one in inside if isinstance(one, ast.Call)]
    names = {getattr(called, "attr", getattr(called, "id", "")) for called in calls}
    plain = any(isinstance(one, ast.Assert) and not holds_anyway(one.test) for one in inside)
    if plain or any(map(_CHECKS.match, names)) or any(isinstance(one, ast.Raise) for one in inside):
        return True
    helpers = [one.node for one in file.functions if one.name in names and one.node is not node]
    return depth > 0 and any(asserts(file, helper, depth - 1) for helper in helpers)


def holds_anyway(test):
    match test:
        case ast.Compare(left=left, comparators=[right]):
            both = isinstance(left, ast.Constant) and isinstance(right, ast.Constant)
            return both or ast.dump(left) == ast.dump(right)
        case ast.BoolOp():
            return (any if isinstance(test.op, ast.Or) else all)(map(holds_anyway, test.values))
    return isinstance(test, ast.Constant | ast.Tuple | ast.List)


def excuse(submission, student, text):
    """End the check where what pytest said shows that something the tests need is not here."""
    why = student.excuse(text, own=own_names(submission), network=True)
    if why or NO_DATA.search(text):
        not_applicable(f"Not all tests could run here. {why or 'They need files that are not in git.'}")


def run_pytest(submission, student, arguments, before=()):
    """Which tests passed in all their cases, by node id without parameters; and what was said where not all did."""
    report = f"report_{secrets.token_hex(8)}.xml"
    command = [*before, "pytest", *QUIETLY, *REPORTED, f"--junitxml={report}", *arguments]
    done = student.run_module(command[0], command[1:], timeout=WALL_S, cpu_s=CPU_S)
    try:
        text = student.read(report)
    except StudentFault as fault:
        if fault.kind == "missing":
            excuse(submission, student, done.output)
            said = evidence("(pytest)", None, done.output.strip()[-800:])
            fault = StudentFault("command", "pytest ended without a report of what ran.", [said])
        raise fault from None
    found = {}
    for case in read_cases(text):
        path = (case.get("file") or "").replace("\\", "/")
        inner = (
            (case.get("classname") or "").removeprefix(path.removesuffix(".py").replace("/", ".")).strip(".")
        )
        key = "::".join(part for part in (path, inner, (case.get("name") or "").partition("[")[0]) if part)
        found[key] = found.get(key, True) and not any(
            child.tag in ("failure", "error", "skipped") for child in case
        )
    return found, done.output if done.returncode else ""


def sites(function):
    """Places that can be broken: `(number in the walk, attribute, new value)`; constants where nothing else is."""
    silent = {
        id(child)
        for node in ast.walk(function)
        if isinstance(node, ast.Raise | ast.Assert | ast.arguments)
        or (
            isinstance(node, ast.Call)
            and re.search(r"\b(?:print|log\w*|warn\w*|echo)\b", ast.unparse(node.func))
        )
        or is_text(node)
        for child in ast.walk(node)
    }
    first, last = [], []
    for number, node in enumerate(ast.walk(function)):
        match node:
            case _ if id(node) in silent:
                continue
            case ast.Return(value=ast.Constant(value=bool())):
                first.append((number, "value", ast.Constant(not node.value.value)))
            case ast.Return(value=ast.AST()) if not isinstance(node.value, ast.Constant):
                first.append((number, "value", ast.Call(ast.Name("_other"), [node.value], [])))
            case ast.Compare(ops=[op]) if type(op) in _FLIPPED:
                first.append((number, "ops", [_FLIPPED[type(op)]()]))
            case ast.BinOp() if type(node.op) in _FLIPPED and not isinstance(
                node.left, ast.Constant | ast.JoinedStr
            ):
                first.append((number, "op", _FLIPPED[type(node.op)]()))
            case ast.Constant() if type(node.value) in (int, float):
                last.append((number, "value", node.value + 1))
    return first or last


def mutated(file, function, site):
    """The text of a module with one place changed, the line, and the words for it."""
    number, name, new = site
    position = next(at for at, node in enumerate(ast.walk(file.tree)) if node is function)
    tree = copy.deepcopy(file.tree)
    changed = list(ast.walk(list(ast.walk(tree))[position]))[number]
    line, was = changed.lineno, ast.unparse(changed)[:80]
    setattr(changed, name, new)
    became = ast.unparse(ast.fix_missing_locations(changed))[:80]
    words = f"`{was}` gave another value" if "_other(" in became else f"`{was}` became `{became}`"
    return f"{ast.unparse(tree)}\n{_OTHER}", line, words


def covered(submission, student, code, paths):
    """Run all tests over the code written anew: who passed, what was said, and which functions coverage names as run."""
    texts = {file.path: ast.unparse(file.tree) for file in code}
    for path, text in texts.items():
        student.write(path, text)
    rc, data = f"rc_{secrets.token_hex(8)}.ini", f"data_{secrets.token_hex(8)}"
    student.write(rc, f"{_RC}data_file = {data}\n")
    passed, said = run_pytest(submission, student, paths, ("coverage", "run", f"--rcfile={rc}", "-m"))
    student.run_module("coverage", ["lcov", "-q", f"--rcfile={rc}", "-o", f"{data}.info"], timeout=30)
    hits, path = set(), ""
    for line in student.read(f"{data}.info").splitlines() if student.exists(f"{data}.info") else ():
        if line.startswith("SF:"):
            path = line[3:].replace("\\", "/")
        elif found := re.match(r"DA:(\d{1,7}),[1-9]", line):
            hits.add((path, int(found[1])))
    reached = [
        (file, function)
        for file in code
        for function, again in zip(functions(file.tree), functions(ast.parse(texts[file.path])), strict=True)
        if any((file.path, node.lineno) in hits for node in again.body if not is_text(node))
    ]
    return passed, said, reached


def near(submission, file, tests):
    """The tests in files that import the module, themselves or through another; all of them where none does."""
    name = file.path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
    files = submission.python_files()
    users = {one.path for one in files if any(name in word.split(".") for word in one.imports)}
    return [key for key in tests if key.partition("::")[0] in users] or tests


@check(
    "The tests notice when the code is broken",
    points=3,
    questions=[7, 8],
    environment="required",
    hint="Each line of the evidence is a change to your code after which all tests still passed. Assert the value that the code "
    "should give there, not only that it gives one.",
)
def test_mutants_are_noticed(submission, student, rng):
    code = code_of(submission)
    if not code:
        not_applicable("There is no code beside the tests.")
    known = tests_of(submission)
    assert known, "There is no test function that pytest finds."
    try:
        paths = sorted({key.partition("::")[0] for key in known})
        passed, said, reached = covered(submission, student, code, paths)
    except StudentFault as fault:
        if fault.kind == "timeout":
            not_applicable(
                "The tests did not end in time under coverage, so none could be tried on broken code."
            )
        raise
    tests = [key for key, real in sorted(known.items()) if real and passed.get(key)]
    if not tests:
        excuse(submission, student, said)
    assert tests, "No test that asserts something passes on a fresh clone, so none can notice anything."
    began, killed, survived, total = time.monotonic(), 0, [], 0
    for file, function, site in chosen(reached, rng):
        if time.monotonic() - began > BUDGET_S:
            break
        text, line, words = mutated(file, function, site)
        noticed = notices(submission, student, file, text, near(submission, file, tests)[:300])
        total += noticed is not None
        killed += noticed is True
        if noticed is False:
            survived.append(evidence(file.path, line, f"in {function.name}, {words}: no test noticed"))
    measure("mutants_total", total, self_reported=True)
    measure("mutants_killed", killed, self_reported=True)
    if 2 * killed <= total:
        excuse(submission, student, said)
    assert total, "The tests run no function of the code."
    assert killed, [f"None of {total} changes that break the code was noticed by a test.", *survived]
    if 2 * killed <= total:
        partial(1, f"{killed} of {total} changes that break the code were noticed by a test.", survived)


def chosen(reached, rng):
    """One place a function first, then second ones, in an order that nobody knows before."""
    pools = [
        (file, function, rng.sample(found, len(found)))
        for file, function in reached
        if (found := sites(function))
    ]
    rng.shuffle(pools)
    depth = max((len(found) for _, _, found in pools), default=0)
    order = [
        (file, function, found[at])
        for at in range(depth)
        for file, function, found in pools
        if at < len(found)
    ]
    return order[:MUTANTS]


def notices(submission, student, file, text, tests):
    """Whether a test that passed before fails now; None where pytest did not come to run one (conftest.py ran the code)."""
    student.write(file.path, text)
    try:
        outcomes, _ = run_pytest(submission, student, ["-x", *tests])
        return not all(outcomes.values())
    except StudentFault as fault:
        return True if fault.kind in ("timeout", "memory", "killed") else None
    finally:
        student.write(file.path, ast.unparse(file.tree))
