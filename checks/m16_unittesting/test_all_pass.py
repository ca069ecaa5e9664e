"""M16: the students' tests, run. What they report is data from a process of theirs, so a test of ours runs among them.

The check here comes first of those that build on the run: it answers for a run that does not end, the others are blocked.

There is no network where grading runs, and no data that is not in git; some packages cannot be had. A test that fails for
want of these says nothing of the students' code. Measurements, all of them `self_reported`:

n_tests_collected           test cases that pytest collected; only where it could import every file of tests
n_tests_collected_at_least  the same, where it could not
n_tests_passed, n_tests_skipped
n_tests_failed              cases that failed or broke, for whatever reason, and files that could not be imported
tests_unmeasured            those of them that nobody can tell about from here: a network, an account, data, a package
"""

import ast
import re

from grader.suite import StudentFault, check, evidence, measure, not_applicable, partial

from ..common.pytest_settings import options
from ..common.python import fetches_data
from ..common.written_tests import all_tests, known_tests
from ._common import IMPORT, Run, code_of
from ._tried import require_notice

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


@check(
    "The tests pass on a fresh clone",
    points=2,
    questions=[7],
    environment="required",
    hint="Clone your repository into a new folder, install it there and run `pytest tests/`. A test that needs data that is "
    "not in git makes its own tiny data or is skipped without (`@pytest.mark.skipif(not os.path.exists(…), reason=…)`); one that "
    "needs a network or an account mocks it.",
)
def test_tests_pass(submission, student, rng):
    if submission.profile == "project" and not all_tests(submission):
        not_applicable("There is no test function that pytest finds.")
    known = {key: node for key, (_, node) in known_tests(submission).items()}
    run = Run(submission, student)
    if not run.data["reported"]:
        if run.data["lacks"]:
            not_applicable(run.data["lacks"])
        seen = [evidence("(pytest)", None, run.data["tail"])] if run.data["tail"] else []
        message = f"pytest ended (exit code {run.data['code']}) without a report of what ran."
        raise StudentFault("command", message, seen)
    ours = {key for key in run.cases if key in known or inherited(key, known)}
    letters = "".join(run.cases[key] for key in ours)
    wrong = run.data["wrong"]
    unmeasured = [item for item in wrong if item["lacks"]]
    data = [item for item in wrong if item["no_data"] and not item["lacks"]]
    complete = not any(is_file(submission, item["key"]) for item in wrong)
    measure(f"n_tests_collected{'' if complete else '_at_least'}", len(letters), self_reported=True)
    measure("n_tests_passed", letters.count("p"), self_reported=True)
    measure("n_tests_failed", len(wrong), self_reported=True)
    measure("n_tests_skipped", letters.count("s"), self_reported=True)
    measure("tests_unmeasured", len(unmeasured) + len(data), self_reported=True)
    shown = [shown_as(submission, known, item) for item in wrong]
    assert not run.forged, (
        "A test that cannot pass, put beside yours, was not reported as failed: the outcomes are not pytest's."
    )
    selecting = ("-m", "-k", "--ignore", "--ignore-glob", "--deselect")
    selects = any(word.partition("=")[0] in selecting for word in options(submission))
    selects = selects or (submission.profile == "project" and leaves_out(submission))
    assert run.data["canary"] in run.cases or wrong or selects, (
        "A test put beside yours was not run: conftest.py or a plugin leaves tests out."
    )
    if submission.profile == "project" and fetches_data(submission):
        unmeasured, data = [*unmeasured, *data], []
    if submission.profile == "project" and not wrong and letters and set(letters) == {"s"}:
        not_applicable(f"All {len(letters)} tests are skipped where grading runs.")
    judge(letters, wrong, shown, unmeasured, data)
    if unmeasured and "p" not in letters:
        why = unmeasured[0]["lacks"] or "They need data that is not in git."
        not_applicable(f"None of the tests could run here. {why}")
    if submission.profile == "exercises":
        assert run_by_tests(submission, run), "The tests pass, and run no function of the code."
    require_notice(submission, student, rng)
    lost = {path_of(submission, item["key"]) for item in unmeasured if is_file(submission, item["key"])}
    never = [key for key in known if key not in ours and not (selects and is_marked(known[key]))]
    never = [key for key in never if key.partition("::")[0] not in lost]
    if submission.profile == "project":
        # What the settings or CI leave out as a whole is left out on purpose.
        ran, left = {key.partition("::")[0] for key in ours}, deselected(submission)
        never = [key for key in never if key.partition("::")[0] in ran and not key.startswith(left)]
    if never:
        seen = [
            evidence(key.partition("::")[0], known[key].lineno, f"{known[key].name} never ran")
            for key in never
        ]
        partial(1, f"{len(never)} of {len(known)} test functions were not run by pytest.", seen)


def run_by_tests(submission, run):
    return any(bits & ~(1 << IMPORT) for file in code_of(submission) for _, bits in run.reached(file))


def judge(letters, wrong, shown, unmeasured, data):
    """Fail where a test is wrong. Those that could not be measured count for nothing; `data` is nowhere to be had."""
    passed = letters.count("p")
    text = f"{len(wrong)} of {passed + len(wrong)} tests do not pass."
    assert len(unmeasured) + len(data) == len(wrong), [text, *shown]
    if data and passed:
        why = "They need files that are not in git, which a fresh clone does not have: make tiny ones, or skip them without."
        partial(1, f"{text} {why}", shown)
    assert not data, [text, *shown]
    assert passed or unmeasured, (
        f"All {letters.count('s')} tests are skipped on a fresh clone: nothing is tested."
        if "s" in letters
        else "pytest ran none of the test functions."
    )


def inherited(key, known):
    """Whether a reported method is one that its class has from a base class of the tests."""
    path, _, rest = key.partition("::")
    name = rest.rpartition("::")[2]
    ours = any(one.partition("::")[0] == path for one in known)
    return ours and "::" in rest and any(one.rpartition("::")[2] == name for one in known)


def leaves_out(submission):
    """Whether a `conftest.py` names files that pytest leaves out."""
    files = submission.python_files("**/conftest.py", "conftest.py")
    return any("collect_ignore" in file.text or "pytest_ignore_collect" in file.text for file in files)


def deselected(submission):
    """The ids that options deselect."""
    words = options(submission)
    pairs = zip(words, (*words[1:], ""), strict=False)
    return tuple(
        after if word == "--deselect" else word.partition("=")[2]
        for word, after in pairs
        if word.startswith("--deselect")
    )


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


def shown_as(submission, known, item):
    """What failed, at the innermost line of the project: in the test's own file, else named behind what was said."""
    key, path = item["key"], path_of(submission, item["key"])
    line = known[key].lineno if key in known else None
    name = key.rpartition("::")[2][:100]
    kind = "could not run" if item["outcome"] == "e" else "failed"
    said = f"{name} {kind}: {item['said']}"
    at = re.match(r"(\S+?):(\d{1,7}): (.*)", item["at"])
    if at and at[1] == path:
        line = int(at[2])
        said += "" if at[3] in said else f": {at[3]}"
    elif at:
        said += f", at {item['at']}"
    return evidence(path if submission.exists(path) else "(pytest)", line, said)
