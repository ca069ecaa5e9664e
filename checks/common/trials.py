"""Trials of tests on variants of the code, some of them broken: which tests to believe, and what they noticed.

What became of a variant is told by a process of the students, which can tell what it likes. It is not told which variants are
controls, the code unbroken: tests that fail on these, for whatever reason but what the code does, notice nothing on the others.
"""

import ast
import re
import secrets
import xml.etree.ElementTree as ElementTree

from grader.suite import StudentFault

from .mutants import in_two_forms, sites, told_of
from .written_tests import helpers_of

#: What an assertion of a test says when it fails; anything else is an error that any run would have come to.
_ASSERTED = re.compile(
    r"assert |(?:[\w.]*\.)?AssertionError|Failed: |DID NOT |\w*ExceptionGroup|Expected|\w*Mismatch"
)
_CHECKS = re.compile(r"^(?:assert|raises$|warns$|fail$|deprecated_call$)")
MOST_LINES = 100_000

#: One control for so many mutants, and no fewer than that.
_MUTANTS_A_CONTROL = 3
#: Of so many controls one may fail: tests that fail on working code more often than that notice nothing.
_CONTROLS_A_FAILURE = 4


class Mutant:
    """One place of a function broken, and the tests that may notice."""

    def __init__(self, file, function, site, tests, kind):
        self.file, self.function, self.site, self.tests, self.kind = file, function, site, tests, kind
        self.line, self.words = told_of(file.tree, function, site)
        #: How many tests that may notice, too, are left out.
        self.left_out = 0

    def text(self):
        return in_two_forms(self.file.tree, self.function, self.site, broken=True)

    def control(self, rng):
        """The text of the code as it is, written as if it were a mutant, of this place or another of the function."""
        places = [self.site] if self.kind == "refusal" else sites(self.function)
        return in_two_forms(self.file.tree, self.function, rng.choice(places), broken=False)

    def told(self, result, said):
        """The mutant as data."""
        return {
            "path": self.file.path,
            "line": self.line,
            "name": self.function.name,
            "words": self.words,
            "left_out": self.left_out,
            "told": result,
            "said": said,
        }


class Trials:
    """The variants of some mutants and controls, in an order that nobody knows."""

    def __init__(self, mutants, rng):
        self.mutants = mutants
        # Each is a mutant, and its place among the mutants or None where it is a control of it.
        self._tried = [*enumerate(mutants), *((None, mutant) for mutant in _controlled(mutants, rng))]
        secrets.SystemRandom().shuffle(self._tried)
        self.variants = [
            {
                "path": mutant.file.path,
                "text": mutant.control(rng) if number is None else mutant.text(),
                "tests": mutant.tests,
            }
            for number, mutant in self._tried
        ]

    def judged(self, answers):
        """`(what became of it, what the test said)` of each mutant, and whether the tests fail on working code, too."""
        told = [sound(answer) for answer in answers] if isinstance(answers, list) else []
        told = [*told, *[("unknown", [], [], "")] * len(self._tried)][: len(self._tried)]
        tried = list(zip(self._tried, told, strict=True))
        controls = [answer for (number, _), answer in tried if number is None and answer[0] != "unknown"]
        belief = Belief(controls)
        found = [("unknown", "")] * len(self.mutants)
        for (number, mutant), answer in tried:
            if number is not None:
                found[number] = belief.of(mutant, answer)
        return found, belief.restless


class Belief:
    """What is to be believed of tests that ran on controls."""

    def __init__(self, controls):
        self.any = bool(controls)
        ran = [answer for answer in controls if answer[0] == "reported"]
        fell = [failed for _, failed, _, _ in ran if failed]
        #: Whether tests that pass on the code often fail where the same is written otherwise, or run again.
        self.restless = len(fell) * _CONTROLS_A_FAILURE > len(ran)
        self.passed = {name for _, _, passed, _ in ran for name in passed}
        self.failed = {name for failed in fell for name in failed}
        self.endings = {answer[0] for answer in controls}

    def of(self, mutant, answer):
        """What became of a mutant: `unknown`, `survived`, or how it was noticed; and what the test said."""
        ended, failed, _, said = answer
        if ended != "reported":
            # What kills or stops a run on working code, like a busy machine, says nothing of broken code.
            return ("unknown", "") if ended in self.endings else (ended, "")
        believed = any(self.believes(name, mutant.tests) for name in failed)
        return ("failed", said) if believed and not self.restless else ("survived", "")

    def believes(self, name, tests):
        """Whether a failure counts: of a test that passes on controls, or of a file of such tests."""
        if name in self.failed:
            return False
        of_it = [name] if name in tests else [one for one in tests if one.startswith(f"{name}::")] or tests
        return not self.any or any(one in self.passed for one in of_it)


def sound(answer):
    """`(ended, failed, passed, said)` of a variant as the students' process told it; unknown where it has another form."""
    match answer:
        case [("reported" | "timeout" | "killed") as ended, list(failed), list(passed), str(said)]:
            names = [[name for name in found if isinstance(name, str)] for found in (failed, passed)]
            return ended, *names, said[:300]
    return "unknown", [], [], ""


def _controlled(mutants, rng):
    """Mutants to make controls of: every test runs on one, and there are some more."""
    if not mutants:
        return []
    left, found = {name for mutant in mutants for name in mutant.tests}, []
    order = rng.sample(mutants, len(mutants))
    while left:
        best = max(order, key=lambda mutant: len(left.intersection(mutant.tests)))
        found.append(best)
        left.difference_update(best.tests)
    least = 2 + len(mutants) // _MUTANTS_A_CONTROL
    return [*found, *rng.choices(mutants, k=max(0, least - len(found)))]


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


def holds_anyway(test):
    """Whether an assertion holds whatever the code does."""
    match test:
        case ast.Compare(left=left, comparators=[right]):
            both = isinstance(left, ast.Constant) and isinstance(right, ast.Constant)
            return both or ast.dump(left) == ast.dump(right)
        case ast.BoolOp():
            return (any if isinstance(test.op, ast.Or) else all)(map(holds_anyway, test.values))
    return isinstance(test, ast.Constant | ast.Tuple | ast.List)


def telling(mutants):
    """Those of the mutants of a kind that tell of assertions: not what crashes or hangs whoever runs it, if there are others."""
    known = [one for one in mutants if one["told"] != "unknown"]
    found = [
        one
        for one in known
        if one["told"] == "survived" or (one["told"] == "failed" and _ASSERTED.match(one["said"]))
    ]
    return found or known


def asserts(submission, file, node, depth=4):
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


def near(submission, file, tests):
    """The tests in files that import the module, themselves or through another; all of them where none does."""
    name = file.path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
    files = submission.python_files()
    users = {one.path for one in files if any(name in word.split(".") for word in one.imports)}
    return [key for key in tests if key.partition("::")[0] in users] or tests


def sound_run(answer):
    """What the run told, if it has the form that it has to have; all of it empty where it told nothing."""
    try:
        report = answer.get("report")
        names = [str(name) for name in answer.get("contexts", [])]
        sets = [int(text, 16) for text in answer.get("sets", [])]
        lines = {
            str(path): [[int(number) for number in span] for span in spans]
            for path, spans in answer.get("lines", {}).items()
        }
        files = {
            str(path): [int(number) for number in pair] for path, pair in answer.get("files", {}).items()
        }
        for spans in lines.values():
            before = 0
            for first, last, number in spans:
                if not (before < first <= last <= MOST_LINES and 0 <= number < len(sets)):
                    raise ValueError("a span that is none")
                before = last
        if any(len(pair) != 2 or min(pair) < 0 for pair in files.values()):
            raise ValueError("a file that is none")
        if not isinstance(report, str | None):
            raise TypeError("a report that is none")
    except (TypeError, ValueError, AttributeError) as problem:
        raise StudentFault("reply", "What the run of the tests told cannot be read.") from problem
    return {"report": report, "contexts": names[:5_000], "sets": sets, "lines": lines, "files": files}


def read_cases(text):
    """The test cases of a report in JUnit's format; nothing in it is taken for more than a short text."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise StudentFault("reply", "The report of the test run is not one that pytest writes.")
    try:
        return list(ElementTree.fromstring(text).iter("testcase"))[:10_000]  # noqa: S314 - no entities, 1 MB at most
    except (ElementTree.ParseError, ValueError, RecursionError) as problem:
        raise StudentFault("reply", "The report of the test run cannot be read.") from problem
