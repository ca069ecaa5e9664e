"""M16: what the tests do when the code is broken: in a few places, one at a time, beside the same code written anew."""

import secrets

from grader.suite import StudentFault, shared

from ..common.mutants import anew, refusals
from ..common.pytest_settings import QUIETLY, options, project_folder, variables
from ..common.python import own_names
from ..common.trials import Mutant, Trials, asserts, chosen, near, telling
from ..common.written_tests import known_tests
from ._common import Run, code_of, run_program

MUTANTS, MUTANTS_OF_A_ROLE, MUTANTS_OF_A_PROJECT = 6, 4, 3
#: Seconds and CPU seconds of all trials together, and seconds of one run of tests on the code written anew.
BUDGET_S, TRIALS_CPU_S, MOST_S = 80.0, 75, 58.0
#: Seconds of the tests that run on one variant of a project, whose tests may train models: those that run the least beside it.
QUICK_S = 4
RESTLESS = (
    "Tests that pass on the code fail on the same code written in other words, or run once more: when they fail, it says "
    "nothing of the code."
)


@shared
def tried(submission, student, rng):
    """What became of each mutant, `None` where no test could notice any.

    `{"kinds": {kind: [{path, line, words, told, said}]}, "restless": whether the tests fail on code that is not broken, too}`.
    """
    run = Run(submission, student)
    known = known_tests(submission)
    tests = [
        key
        for key, (file, node) in sorted(known.items())
        if asserts(submission, file, node) and set(run.cases.get(key, "")) == {"p"}
    ]
    if not tests:
        return None
    mutants = []
    for kind, found in kinds(submission, run, rng).items():
        for file, function, bits, site in found:
            mutant = Mutant(file, function, site, [], kind)
            reaching = run.tests(
                bits if kind == "refusal" else run.bits_at(file, function, mutant.line) or bits
            )
            those = [key for key in tests if reaching is None or key in reaching]
            those = near(submission, file, those) if reaching is None else those
            mutant.tests = (closest(those, run) if submission.profile == "project" else those)[:300]
            mutant.left_out = len(those) - len(mutant.tests)
            mutants.append(mutant)
    trials = Trials([one for one in mutants if one.tests], rng)
    try:
        answers = run_trials(submission, student, run, trials.variants)
    except StudentFault as fault:
        if fault.kind != "timeout" or submission.profile == "exercises":
            raise
        # A project's tests may take what time they like: that they cannot be tried here is our limit.
        answers = []
    results, restless = trials.judged(answers)
    told = dict(zip(map(id, trials.mutants), results, strict=True))
    found = {}
    for mutant in mutants:
        found.setdefault(mutant.kind, []).append(mutant.told(*told.get(id(mutant), ("survived", ""))))
    return {"kinds": found, "restless": restless}


def closest(tests, run):
    """The tests that run the fewest functions, as many as end within `QUICK_S` together, in their order; one at least.

    How many functions a test runs is the same on every machine; how long it takes is not, and says less of what it is about.
    """
    kept, left = set(), QUICK_S

    def place(key):
        took = run.seconds.get(key, 0)
        return took > QUICK_S, run.breadth.get(key, 0), took, key

    for key in sorted(tests, key=place):
        left -= run.seconds.get(key, 0)
        if left < 0 and kept:
            break
        kept.add(key)
    return [key for key in tests if key in kept]


def require_notice(submission, student, rng):
    """Fail an exercise whose tests notice nothing: what cannot fail passes, and covers, for nothing."""
    if submission.profile != "exercises" or not code_of(submission):
        return
    found = tried(submission, student, rng)
    assert found is not None, "No test that passes asserts anything of what the code gives."
    known = telling([one for mutants in found["kinds"].values() for one in mutants])
    assert not found["restless"], RESTLESS
    assert not known or any(one["told"] != "survived" for one in known), (
        "The code was broken in several places, one at a time, and no test noticed: tests that cannot fail are none."
    )


def kinds(submission, run, rng):
    """Places to break, by kind: any that tests run; in exercises those of the data, of model and training, of refusals, too."""
    reached = [(file, function, bits) for file in code_of(submission) for function, bits in run.reached(file)]
    exercise = submission.profile == "exercises"
    found = {"any": chosen(reached, rng, MUTANTS if exercise else MUTANTS_OF_A_PROJECT)}
    if exercise:
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


def run_trials(submission, student, run, variants):
    """What the students' process tells of variants of the code."""
    if not variants:
        return []
    ran = [path for path, (_, executed) in run.files.items() if executed]
    files = [file for file in submission.python_files() if file.path in ran or file.name == "conftest.py"]
    own = own_names(submission)
    packages = {name for file in files for name in file.imports if name.partition(".")[0] not in own}
    answer, _ = run_program(
        submission, student, f"trials_{secrets.token_hex(8)}", timeout=BUDGET_S + 15, cpu_s=TRIALS_CPU_S,
        do="variants", arguments=[*QUIETLY, *options(submission)],
        texts={file.path: anew(file.tree) for file in code_of(submission)}, packages=sorted(packages)[:200],
        variants=variants, seconds=BUDGET_S, most_s=MOST_S, folder=project_folder(submission),
        variables=variables(submission),
    )  # fmt: skip
    return answer
