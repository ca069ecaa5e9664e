"""M16: the students' tests, run. What they report is data from a process of theirs, so a test of ours runs among them.

There is no network where grading runs, and no data that is not in git; some packages cannot be had. A test that fails for
want of these says nothing of the students' code. Measurements, all of them `self_reported`:

n_tests_collected           test cases that pytest collected; only where it could import every file of tests
n_tests_collected_at_least  the same, where it could not
n_tests_passed, n_tests_skipped
n_tests_failed              cases that failed or broke, for whatever reason, and files that could not be imported
tests_unmeasured            those of them that nobody can tell about from here: a network, an account, data, a package
"""

import ast
import configparser
import posixpath
import secrets
import shlex
from contextlib import nullcontext

from grader.suite import StudentFault, SubmissionFault, check, evidence, measure, not_applicable, partial

from ..common.python import own_names
from ._common import CPU_S, NO_DATA, QUIETLY, REPORTED, WALL_S, all_tests, read_cases

_KEPT = ("--import-mode", "-m", "-k", "--ignore", "--ignore-glob", "--deselect")
_INI = {"pytest.ini": "pytest", ".pytest.ini": "pytest", "tox.ini": "pytest", "setup.cfg": "tool:pytest"}
#: What fetches data that is not in git: a clone with a network has it.
_FETCHES = {
    *(
        "dvc",
        "kagglehub",
        "kaggle",
        "datasets",
        "huggingface_hub",
        "gdown",
        "wget",
        "pooch",
        "urllib",
        "requests",
    ),
    *("google", "boto3", "torchvision", "tensorflow_datasets", "openml", "gcsfs", "s3fs", "medmnist"),
}
_BUILT_IN = {
    "parametrize",
    "skip",
    "skipif",
    "xfail",
    "usefixtures",
    "filterwarnings",
    "asyncio",
    "anyio",
    "timeout",
}


def options(submission):
    """What of the students' pytest options decides which tests run and how they are imported; the rest is ours."""
    try:
        tool = submission.pyproject.get("tool")
    except SubmissionFault:
        tool = {}
    given = [tool] if isinstance(tool, dict) else []
    for key in ("pytest", "ini_options", "addopts"):
        given = [item[key] for item in given if isinstance(item, dict) and key in item]
    for path, section in _INI.items():
        if submission.exists(path):
            parser = configparser.ConfigParser(interpolation=None, strict=False)
            try:
                parser.read_string(submission.text(path))
                given.append(parser.get(section, "addopts", fallback=""))
            except configparser.Error:
                continue
    words, kept = [], []
    for item in given:
        try:
            words += shlex.split(item[:5_000]) if isinstance(item, str) else [str(one) for one in item]
        except (ValueError, TypeError):
            continue
    for number, word in enumerate(words[:200]):
        name, equals, _ = word.partition("=")
        if name in _KEPT and (equals or number + 1 < len(words)):
            kept += [word] if equals else [word, words[number + 1]]
    return kept


def lacks(submission, student, text):
    """Why what failed with `text` could not be measured here; nothing where it says something of the students' code."""
    return student.excuse(text, own=own_names(submission), network=True)


def fetches_data(submission):
    """Whether the repository says where to get data that is not in git."""
    if submission.files("*.dvc", "**/*.dvc", "dvc.yaml", "**/dvc.yaml", ".dvc/config"):
        return True
    return any(
        name.partition(".")[0] in _FETCHES for file in submission.python_files() for name in file.imports
    )


def run(submission, student, paths, more):
    """`{node id without parameters: [(outcome, text)]}` of one run, as the students' process reports it."""
    report = f"report_{secrets.token_hex(8)}.xml"
    asked = [*QUIETLY, *REPORTED, f"--junitxml={report}", *more, *paths]
    # What runs has to be what was submitted: an import may not unpack better code over it.
    written = [file.path for file in submission.python_files()]
    with student.intact(written) if submission.profile == "exercises" else nullcontext():
        done = student.run_module("pytest", asked, timeout=WALL_S, cpu_s=CPU_S)
    try:
        text = student.read(report)
    except StudentFault as fault:
        if fault.kind != "missing":
            raise
        if why := lacks(submission, student, done.output):
            not_applicable(why)
        tail = "\n".join(done.output.strip().splitlines()[-8:])[-800:]
        seen = [evidence("(pytest)", None, tail)] if tail else []
        message = f"pytest ended (exit code {done.returncode}) without a report of what ran."
        raise StudentFault("command", message, seen) from fault
    return parsed(text)


def parsed(text):
    """The outcomes in a report."""
    found = {}
    for case in read_cases(text):
        path = (case.get("file") or "").replace("\\", "/")
        name = (case.get("name") or "").partition("[")[0]
        module = path.removesuffix(".py").replace("/", ".")
        inner = (case.get("classname") or "").removeprefix(module).strip(".")
        key = "::".join(part for part in (path, inner.replace(".", "::"), name) if part)
        outcome, said = "passed", ""
        for child in case:
            if child.tag in ("failure", "error", "skipped"):
                outcome = "failed" if child.tag == "failure" else child.tag
                said = f"{child.get('message') or ''}\n{child.text or ''}"[:4_000]
                break
        found.setdefault(key[:500], []).append((outcome, said))
    return found


@check(
    "The tests pass on a fresh clone",
    points=2,
    questions=[7],
    environment="required",
    hint="Clone your repository into a new folder, install it there and run `pytest tests/`. A test that needs data that is "
    "not in git makes its own tiny data or is skipped without (`@pytest.mark.skipif(not os.path.exists(…), reason=…)`); one that "
    "needs a network or an account mocks it.",
)
def test_tests_pass(submission, student):
    known = {
        "::".join(part for part in (file.path, cls, node.name) if part): node
        for file, cls, node in all_tests(submission)
    }
    paths = sorted({key.partition("::")[0] for key in known})
    assert paths, "There is no test function that pytest finds."
    kept = options(submission)
    # A test that must fail, among theirs and under a name that nobody knows: who reports it passed, forges.
    name = f"test_{secrets.token_hex(6)}"
    canary = posixpath.join(posixpath.dirname(paths[0]), f"{name}.py")
    student.write(canary, f"def {name}():\n    left, right = 1, 2\n    assert left == right\n")
    reported = run(submission, student, [*paths, canary], kept)
    canary_said = {outcome for outcome, _ in reported.get(f"{canary}::{name}", [])}
    ours = {key: cases for key, cases in reported.items() if key in known or inherited(key, known)}
    others = [
        (key, cases)
        for key, cases in reported.items()
        if key not in ours and name not in key and broken(cases)
    ]
    flat = [(key, *case) for key, cases in ours.items() for case in cases]
    counts = {
        wanted: sum(outcome == wanted for _, outcome, _ in flat)
        for wanted in ("passed", "failed", "error", "skipped")
    }
    wrong = [item for item in flat if item[1] in ("failed", "error")]
    wrong += [
        (key, outcome, said) for key, cases in others for outcome, said in cases if outcome != "skipped"
    ]
    unmeasured = [item for item in wrong if lacks(submission, student, item[2])]
    data = [item for item in wrong if item not in unmeasured and NO_DATA.search(item[2])]
    complete = not any(is_file(submission, key) for key, _, _ in wrong)
    measure(f"n_tests_collected{'' if complete else '_at_least'}", len(flat), self_reported=True)
    measure("n_tests_passed", counts["passed"], self_reported=True)
    measure("n_tests_failed", len(wrong), self_reported=True)
    measure("n_tests_skipped", counts["skipped"], self_reported=True)
    measure("tests_unmeasured", len(unmeasured) + len(data), self_reported=True)
    shown = [shown_as(submission, known, *item) for item in wrong]
    forged = bool(canary_said) and not canary_said & {"failed", "error"}
    assert not forged, (
        "A test that cannot pass, put beside yours, was not reported as failed: the outcomes are not pytest's."
    )
    selects = any(word.partition("=")[0] in ("-m", "-k") for word in kept)
    assert canary_said or wrong or selects, (
        "A test put beside yours was not run: conftest.py or a plugin leaves tests out."
    )
    if fetches_data(submission):
        unmeasured, data = [*unmeasured, *data], []
    judge(counts, wrong, shown, unmeasured, data)
    if unmeasured and not counts["passed"]:
        why = lacks(submission, student, unmeasured[0][2]) or "They need data that is not in git."
        not_applicable(f"None of the tests could run here. {why}")
    lost = {path_of(submission, key) for key, _, _ in unmeasured if is_file(submission, key)}
    never = [key for key in known if key not in ours and not (selects and is_marked(known[key]))]
    never = [key for key in never if key.partition("::")[0] not in lost]
    if never:
        seen = [
            evidence(key.partition("::")[0], known[key].lineno, f"{known[key].name} never ran")
            for key in never
        ]
        partial(1, f"{len(never)} of {len(known)} test functions were not run by pytest.", seen)


def judge(counts, wrong, shown, unmeasured, data):
    """Fail where a test is wrong. Those that could not be measured count for nothing; `data` is nowhere to be had."""
    text = f"{len(wrong)} of {counts['passed'] + len(wrong)} tests do not pass."
    assert len(unmeasured) + len(data) == len(wrong), [text, *shown]
    if data and counts["passed"]:
        why = "They need files that are not in git, which a fresh clone does not have: make tiny ones, or skip them without."
        partial(1, f"{text} {why}", shown)
    assert not data, [text, *shown]
    assert counts["passed"] or unmeasured, (
        f"All {counts['skipped']} tests are skipped on a fresh clone: nothing is tested."
        if counts["skipped"]
        else "pytest ran none of the test functions."
    )


def broken(cases):
    return any(outcome in ("failed", "error") for outcome, _ in cases)


def inherited(key, known):
    """Whether a reported method is one that its class has from a base class of the tests."""
    path, _, rest = key.partition("::")
    name = rest.rpartition("::")[2]
    ours = any(one.partition("::")[0] == path for one in known)
    return ours and "::" in rest and any(one.rpartition("::")[2] == name for one in known)


def is_marked(node):
    """Whether a test has a mark of the students' own, by which it can be left out on purpose."""
    marks = [ast.unparse(mark).partition("(")[0] for mark in node.decorator_list]
    return any(".mark." in mark and mark.rpartition(".")[2] not in _BUILT_IN for mark in marks)


def path_of(submission, key):
    """The file of a reported test; one that cannot be imported is reported by its dotted name."""
    path = key.partition("::")[0]
    return path if submission.exists(path) else f"{path.replace('.', '/')}.py"


def is_file(submission, key):
    """Whether what is reported is a file that could not be imported."""
    return key.rpartition("::")[2] == path_of(submission, key).removesuffix(".py").replace("/", ".")


def shown_as(submission, known, key, outcome, said):
    path = path_of(submission, key)
    line = known[key].lineno if key in known else None
    name = key.rpartition("::")[2][:100]
    words = " ".join(said.split())[:300]
    kind = "could not run" if outcome == "error" else "failed"
    return evidence(path if submission.exists(path) else "(pytest)", line, f"{name} {kind}: {words}")
