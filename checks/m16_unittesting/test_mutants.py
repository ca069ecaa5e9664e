"""M16: whether the tests notice when the code is broken: a few mutants of what they run, against the same code written anew."""

import ast
import re
import secrets

from grader.suite import StudentFault, check, evidence, measure, not_applicable, partial, shared

from ..common.mutants import anew, mutated, refusals, sites
from ..common.pytest_settings import project_folder
from ..common.python import own_names
from ..common.written_tests import helpers_of, known_tests
from ._common import QUIETLY, Run, code_of, options, run_program

_CHECKS = re.compile(r"^(?:assert|raises$|warns$|fail$|deprecated_call$)")
MUTANTS, MUTANTS_OF_A_ROLE = 6, 4
#: Seconds and CPU seconds of all mutants together, and seconds of one run of tests on the code written anew.
BUDGET_S, CPU_S, MOST_S = 80.0, 75, 58.0


def asserts(submission, file, node, depth=2):
    """Whether a test asserts something that the code decides, itself or in a function of the tests that it calls."""
    inside = list(ast.walk(node))
    calls = [one.func for one in inside if isinstance(one, ast.Call)]
    names = {getattr(called, "attr", getattr(called, "id", "")) for called in calls}
    plain = any(isinstance(one, ast.Assert) and not holds_anyway(one.test) for one in inside)
    if plain or any(map(_CHECKS.match, names)) or any(isinstance(one, ast.Raise) for one in inside):
        return True
    return depth > 0 and any(
        asserts(submission, *helper, depth - 1) for helper in helpers_of(submission, file, node)
    )


def holds_anyway(test):
    match test:
        case ast.Compare(left=left, comparators=[right]):
            both = isinstance(left, ast.Constant) and isinstance(right, ast.Constant)
            return both or ast.dump(left) == ast.dump(right)
        case ast.BoolOp():
            return (any if isinstance(test.op, ast.Or) else all)(map(holds_anyway, test.values))
    return isinstance(test, ast.Constant | ast.Tuple | ast.List)


def near(submission, file, tests):
    """The tests in files that import the module, themselves or through another; all of them where none does."""
    name = file.path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
    files = submission.python_files()
    users = {one.path for one in files if any(name in word.split(".") for word in one.imports)}
    return [key for key in tests if key.partition("::")[0] in users] or tests


def excuse(data):
    """End the check where what pytest said shows that something the tests need is not here."""
    if data["lacks"] or data["no_data"]:
        why = data["lacks"] or "They need files that are not in git."
        not_applicable(f"Not all tests could run here. {why}")


@shared
def tried(submission, student, rng):
    """What became of each mutant, `None` where no test could notice any: `{kind: [{path, line, words, told, said}]}`."""
    run = Run(submission, student)
    known = known_tests(submission)
    tests = [
        key
        for key, (file, node) in sorted(known.items())
        if asserts(submission, file, node) and only_passes(run, key)
    ]
    if not tests:
        return None
    code = code_of(submission)
    reached = [(file, function, bits) for file in code for function, bits in run.reached(file)]
    planned = [
        Mutant(submission, run, tests, *one, kind)
        for kind, found in kinds(submission, run, reached, rng).items()
        for one in found
    ]
    told = run_mutants(submission, student, code, run, [one for one in planned if one.tests])
    found = {}
    for mutant in planned:
        result, said = told.pop(0) if mutant.tests else ("survived", "")
        found.setdefault(mutant.kind, []).append(mutant.told(result, said))
    return found


def only_passes(run, key):
    return bool(run.cases.get(key)) and set(run.cases[key]) == {"p"}


def kinds(submission, run, reached, rng):
    """Places to break, by kind: any that tests run; in exercises those of the data, of model and training, of refusals, too."""
    found = {"any": chosen(reached, rng, MUTANTS)}
    if submission.profile == "exercises":
        roles = {"data": ("data",), "model": ("model", "train")}
        for kind, names in roles.items():
            paths = {file.path for name in names for file in submission.package.find(name)}
            found[kind] = chosen([one for one in reached if one[0].path in paths], rng, MUTANTS_OF_A_ROLE)
        refused = [
            (file, function, run_at, site)
            for file, function, _ in reached
            for site, line in refusals(function)
            if (run_at := run.bits_at(file, function, line)) and run.tests(run_at) != set()
        ]
        found["refusal"] = rng.sample(refused, min(len(refused), MUTANTS_OF_A_ROLE))
    return found


def run_mutants(submission, student, code, run, mutants):
    """`[(how it ended, what the test said)]` of mutants."""
    if not mutants:
        return []
    ran = [path for path, (_, executed) in run.files.items() if executed]
    files = [file for file in submission.python_files() if file.path in ran or file.name == "conftest.py"]
    own = own_names(submission)
    packages = {name for file in files for name in file.imports if name.partition(".")[0] not in own}
    answer, _ = run_program(
        submission, student, f"mutants_{secrets.token_hex(8)}", timeout=BUDGET_S + 15, cpu_s=CPU_S,
        do="mutants", arguments=[*QUIETLY, *options(submission)],
        texts={file.path: anew(file.tree) for file in code}, packages=sorted(packages)[:200],
        mutants=[{"path": one.path, "text": one.text, "tests": one.tests} for one in mutants],
        seconds=BUDGET_S, most_s=MOST_S, folder=project_folder(submission),
    )  # fmt: skip
    found = answer if isinstance(answer, list) else []
    pairs = [(str(one[0]), str(one[1])[:300]) for one in found if isinstance(one, list) and len(one) == 2]
    return [*pairs, *[("unknown", "")] * len(mutants)][: len(mutants)]


class Mutant:
    """One place of a function broken, and the tests that may notice: those that reach it, and assert something."""

    def __init__(self, submission, run, tests, file, function, bits, site, kind):
        self.path, self.name, self.kind = file.path, function.name, kind
        self.text, self.line, self.words = mutated(file.tree, function, site)
        reaching = run.tests(bits if kind == "refusal" else run.bits_at(file, function, self.line) or bits)
        self.tests = [key for key in tests if reaching is None or key in reaching]
        if reaching is None:
            self.tests = near(submission, file, self.tests)
        self.tests = self.tests[:300]

    def told(self, result, said):
        """The mutant as data."""
        return {
            "path": self.path,
            "line": self.line,
            "name": self.name,
            "words": self.words,
            "told": result,
            "said": said,
        }


def chosen(reached, rng, most):
    """One place a function first, then second ones, in an order that nobody knows before."""
    pools = [
        (file, function, bits, rng.sample(found, len(found)))
        for file, function, bits in reached
        if (found := sites(function))
    ]
    rng.shuffle(pools)
    depth = max((len(found) for *_, found in pools), default=0)
    order = [(*one, found[at]) for at in range(depth) for *one, found in pools if at < len(found)]
    return order[:most]


@check(
    "The tests notice when the code is broken",
    points=3,
    required="exercises",
    questions=[7, 8],
    environment="required",
    hint="Each line of the evidence is a change to your code after which all tests still passed. Assert the value that the code "
    "should give there, not only that it gives one.",
)
def test_mutants_are_noticed(submission, student, rng):
    data, known = mutants_of("any", submission, student, rng)
    survived = unnoticed(known)
    total, killed = len(known), len(known) - len(survived)
    measure("mutants_total", total, self_reported=True)
    measure("mutants_killed", killed, self_reported=True)
    if 2 * killed <= total:
        excuse(data)
    assert total, "The tests run no function of the code."
    assert killed, [f"None of {total} changes that break the code was noticed by a test.", *survived]
    if 2 * killed <= total:
        partial(1, f"{killed} of {total} changes that break the code were noticed by a test.", survived)


def mutants_of(kind, submission, student, rng):
    """The run of all tests, and the mutants of a kind of which somebody knows what became of them."""
    if not code_of(submission):
        not_applicable("There is no code beside the tests.")
    known_tests(submission)
    run = Run(submission, student)
    data = run.data
    if not data["reported"]:
        excuse(data)
        message = f"pytest ended (exit code {data['code']}) without a report of what ran."
        raise StudentFault("command", message, [evidence("(pytest)", None, data["tail"])])
    assert not run.forged, (
        "A test that cannot pass was not reported as failed: what notices it, notices nothing."
    )
    mutants = tried(submission, student, rng)
    if mutants is None:
        excuse(data)
    assert mutants is not None, (
        "No test that asserts something passes on a fresh clone, so none can notice anything."
    )
    return data, [one for one in mutants.get(kind, []) if one["told"] != "unknown"]


def unnoticed(mutants):
    """The places that were broken, and no test failed."""
    return [
        evidence(one["path"], one["line"], f"in {one['name']}, {one['words']}: no test noticed")
        for one in mutants
        if one["told"] == "survived"
    ]


def require_most(mutants, what):
    """Fail unless most of the changes were noticed: an honest test may miss one that changes next to nothing."""
    survived = unnoticed(mutants)
    killed = len(mutants) - len(survived)
    text = f"{killed} of {len(mutants)} changes that break {what} were noticed by a test."
    assert killed, [text, *survived]
    if 2 * killed <= len(mutants):
        partial(1, text, survived)


@check(
    "The tests notice when the data is wrong",
    points=2,
    questions=[7],
    scope="exercises",
    environment="required",
    hint="Test what your data module gives: how many samples, the shape of one, the range of values, that every label occurs.",
)
def test_wrong_data_is_noticed(submission, student, rng):
    _, mutants = mutants_of("data", submission, student, rng)
    assert mutants, "The tests run no function of the module that makes or loads the data."
    require_most(mutants, "the data")


@check(
    "The tests notice when the model or its training is wrong",
    points=2,
    questions=[7],
    scope="exercises",
    environment="required",
    hint="Give the model an input of which you know the answer. Train on a tiny set of which you know the outcome.",
)
def test_a_wrong_model_is_noticed(submission, student, rng):
    _, mutants = mutants_of("model", submission, student, rng)
    assert mutants, "The tests run no function of the model or of its training."
    require_most(mutants, "the model or the training")


@check(
    "The tests notice when wrong input is no longer refused",
    points=2,
    scope="exercises",
    environment="required",
    hint='Let the model `raise ValueError("Expected …")`, and test it: `with pytest.raises(ValueError, match="Expected"):`.',
)
def test_wrong_input_is_tested(submission, student, rng):
    _, mutants = mutants_of("refusal", submission, student, rng)
    assert mutants, (
        "No test comes to a line of your code that refuses wrong input: with `raise`, or a warning."
    )
    survived = unnoticed(mutants)
    assert 2 * len(survived) <= len(mutants), survived


@check(
    "A test that fails says what went wrong",
    points=1,
    scope="exercises",
    required=False,
    environment="required",
    hint='`assert len(train) == 200, f"{len(train)} samples instead of 200"`: the text is what you read in a log of last night.',
)
def test_failures_say_why(submission, student, rng):
    found = [
        one for kind in ("any", "data", "model") for one in mutants_of(kind, submission, student, rng)[1]
    ]
    failed = [one for one in found if re.match(r"assert |AssertionError", one["said"])]
    assert failed, "No assertion failed when the code was broken."
    silent = [
        evidence(
            one["path"],
            one["line"],
            f"in {one['name']}, {one['words']}: the test says only {one['said'][:100]!r}",
        )
        for one in failed
        if not re.match(r"AssertionError: \S", one["said"])
    ]
    assert 2 * len(silent) < len(failed), silent
