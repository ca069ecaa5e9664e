"""M16: what the students' tests do when they run, all of them once.

The run, and the mutants of `_tried`, are made once for all checks. What they say is data from a process of the students, so
`self_reported`:

- The source stays as it was submitted. Coverage tells which lines ran, and in which test; a process of theirs can forge that as
  it could forge what we would write into their code, and code that is written anew fails tests that look at it.
- A test of ours runs among theirs, under a name that nobody knows. It has to fail, and a line of it never runs.
- What they cannot forge in one go is that tests pass on the code written anew, and fail on it with one place changed: mutants.
"""

import ast
import functools
import json
import operator
import posixpath
import re
import secrets
from contextlib import nullcontext
from fnmatch import fnmatchcase

from grader.suite import StudentFault, shared

from ..common.broken_places import OWN, PLACE
from ..common.elsewhere import broken_library, elsewhere
from ..common.mutants import code as body_of
from ..common.mutants import functions
from ..common.pytest_settings import QUIETLY, options, project_folder, pytest_settings, variables
from ..common.python import NO_DATA, own_names
from ..common.tests_program import program
from ..common.trials import read_cases, sound_run
from ..common.written_tests import known_tests

MODULES = 60
#: What the run of all tests may take.
WALL_S, CPU_S = 96.0, 90
#: Seconds after which no other test of a project begins, and what is said of those that are left.
ALL_S = 75.0
NO_TIME = f"There is no time for it where grading runs: all tests together have {ALL_S:.0f} seconds."
#: Seconds of one test: who takes longer is stopped and named, so that the others are still counted.
TEST_S = 60
#: Bytes of what is kept of it, below the limit of the engine.
KEPT = 100_000
_NO_CODE = re.compile(r"^(?:tasks|setup|noxfile|fabfile|report)\.py$|^(?:docs|reports|notebooks|scripts)/")
#: Contexts that are no test: what runs on import, and in a fixture that several tests share.
IMPORT, SHARED = 0, 1
_CANARY = "def {name}():\n    left, right = 1, 2\n    assert left == right\n    left = right\n"
_SERVER_ERROR = re.compile(r"\b500 == 20\d|\b20\d == 500|Response \[500")
_LETTERS = {"failure": "f", "error": "e", "skipped": "s"}


def code_of(submission):
    """The students' code that tests are meant for: the package and its neighbours, without tests and tools."""
    package = submission.package
    found = [file for one in (package, *package.secondary) for file in one.modules] if package else []
    return [file for file in found if not _NO_CODE.search(file.path) and not file.is_empty][:MODULES]


def lacks(submission, student, text):
    """Why what failed with `text` could not be measured here; nothing where it says something of the students' code."""
    return student.excuse(text, own=own_names(submission), network=True)


@shared
def outcome(submission, student):
    """One run of all tests under coverage. See `Run` for what is in it."""
    known = known_tests(submission)
    settings, folder = pytest_settings(submission), project_folder(submission)
    # A file without a test function is imported, too, as by `pytest tests/`.
    files = [file.path for file in submission.python_files() if not submission.is_template(file.path)]
    paths = sorted({*(key.partition("::")[0] for key in known), *filter(settings.is_file, files)})
    name, made = _name(known, settings), f"run_{secrets.token_hex(8)}"
    first = _place(known, settings, folder)
    canary = settings.file_for(posixpath.dirname(first), secrets.token_hex(6))
    student.write(canary, _CANARY.format(name=name))
    asked = [*QUIETLY, *options(submission)]
    code = [file.path for file in code_of(submission)]
    in_project = submission.profile == "project"
    ends = {"seconds": ALL_S, "no_time": NO_TIME} if in_project else {}
    answer = run_program(
        submission, student, made, timeout=WALL_S, cpu_s=CPU_S,
        do="measure", arguments=asked, tests=[*paths, canary], files=[*code, *paths, canary], code=[*code, canary],
        report=f"{made}.xml", folder=folder, most_s=TEST_S, variables=variables(submission),
        paths=list(settings.paths) if in_project else None, **ends,
    )  # fmt: skip
    return Told(submission, student, answer, f"{canary}::{name}").kept()


def _place(known, settings, folder):
    """The first file of tests that pytest is asked for and that no option leaves out: a test of ours is put beside it."""
    files = [key.partition("::")[0] for key in known]
    asked, left = (
        [posixpath.normpath(posixpath.join(folder, path.partition("::")[0])) for path in paths]
        for paths in (settings.paths, settings.ignored)
    )
    wanted = [
        [file for file in files if any(f"{file}/".startswith(f"{path}/") or path == "." for path in asked)],
        [file for file in files if not folder or file.startswith(f"{folder}/")],
        files,
    ]
    for found in wanted:
        for file in found:
            if not settings.is_closed(file) and not any(
                f"{file}/".startswith(f"{path}/") or fnmatchcase(file, path) for path in left
            ):
                return file
    return files[0]


def _name(known, settings):
    """A name that nobody knows, and that the settings make one of a test."""
    word, theirs = f"{secrets.token_hex(6)}", [node.name for _, node in known.values()]
    tried = (f"test_{word}", *(made for one in theirs for made in (f"{one}_{word}", f"x{word}_{one}")))
    return next(filter(settings.is_function, tried), f"test_{word}")


def run_program(submission, student, name, *, timeout, cpu_s, **plan):
    """What the program of `tests_program` tells: its answer (`{}` if it made none), its exit code and its output."""
    student.write(f"{name}.py", program(answer=f"{name}.json", cpu_s=cpu_s, **plan))
    written = [file.path for file in submission.python_files() if file.path not in plan.get("texts", ())]
    # What runs has to be what was submitted: an import may not unpack better code over it.
    with student.intact(written) if submission.profile == "exercises" else nullcontext():
        done = student.run_module(name, [], timeout=timeout, cpu_s=cpu_s)
    try:
        answer = json.loads(student.read(f"{name}.json"))
    except StudentFault as fault:
        if fault.kind != "missing":
            raise
        answer = {}
    except (ValueError, RecursionError) as problem:
        raise StudentFault("reply", "What the run of the tests told cannot be read.") from problem
    return answer, done


class Told:
    """Makes of what the run told the data that is kept."""

    def __init__(self, submission, student, told, canary):
        answer, self.done = told
        self.seconds = {}
        self.answer, self.canary = sound_run(answer), canary
        self.submission, self.student = submission, student

    def kept(self):
        """What is kept, in less than `KEPT` bytes: first the lines, then the words of failures are given up."""
        cases = self.cases()
        wrong = [
            self.failure(key, outcome, said)
            for key, found in cases.items()
            if self.canary.rpartition("::")[2] not in key
            for outcome, said in found
            if outcome in "fe"
        ]
        tail = "\n".join(self.done.output.strip().splitlines()[-8:])[-800:]
        # The test of ours fails in every run.
        in_project = self.submission.profile == "project"
        failed = bool(wrong) or self.done.returncode not in (0, 1) or not cases
        own = next((item["lacks"] for item in wrong if item["lacks"]), "")
        for item in wrong if in_project else ():
            # An application says no more of what it lacks, where other tests name it.
            if not item["lacks"] and _SERVER_ERROR.search(item["said"]):
                item["lacks"] = own
        found = {
            "reported": self.answer["report"] is not None,
            "code": self.done.returncode,
            "tail": tail,
            "lacks": (lacks(self.submission, self.student, self.done.output) or own) if failed else "",
            # An exercise is made to run here: data that is nowhere excuses nothing.
            "no_data": failed and in_project and bool(NO_DATA.search(self.done.output)),
            "cases": {key: "".join(outcome for outcome, _ in found) for key, found in cases.items()},
            "seconds": {key: round(took) for key, took in self.seconds.items() if took >= 1},
            "wrong": wrong,
            "files": self.answer["files"],
            "canary": self.canary,
            **self.lines(list(cases)),
        }
        if len(json.dumps(found)) > KEPT:
            found.update(sets=[f"{1 << SHARED:x}"], lines={})
        for failure in wrong if len(json.dumps(found)) > KEPT else ():
            failure["said"] = failure["said"][:60]
        if len(json.dumps(found)) > KEPT:
            raise StudentFault("reply", "The run of the tests reports more than can be kept.")
        return found

    def failure(self, key, outcome, said):
        """A case that did not pass, and why that may not be the code's fault."""
        short = " ".join(said.partition(PLACE)[0].rstrip("- \n").split())[:300]
        at = said.partition(OWN)[2].lstrip("- ").removeprefix("\n").partition("\n")[0].strip()[:300]
        why = NO_TIME if NO_TIME in said else lacks(self.submission, self.student, said)
        if not why and self.submission.profile == "project":
            why = elsewhere(self.submission, said, *self.texts(key)) or self.library(said, at)
        return {
            "key": key, "outcome": outcome, "said": short, "at": at, "lacks": why, "no_data": bool(NO_DATA.search(said)),
        }  # fmt: skip

    def library(self, said, at):
        """Why a file that cannot be imported is not at fault: its innermost line imports a library, which breaks in itself."""
        name = (
            broken_library(self.submission, said, at.partition(": ")[2])
            if "collection failure" in said
            else ""
        )
        return f"With the versions here `import {name}` fails." if name else ""

    def texts(self, key):
        """The code of a test and of the `conftest.py` beside and above it."""
        path = key.partition("::")[0]
        path = path if path.endswith(".py") else f"{path.replace('.', '/')}.py"
        wanted = {
            path,
            *(f"{'/'.join(path.split('/')[:n])}/conftest.py".lstrip("/") for n in range(path.count("/") + 1)),
        }
        return [file.text[:100_000] for file in self.submission.python_files() if file.path in wanted]

    def cases(self):
        """`{node id without parameters: [(letter, text)]}` of the report; the letters are p, f, e and s."""
        found = {}
        for case in read_cases(self.answer["report"]) if self.answer["report"] is not None else ():
            path = (case.get("file") or "").replace("\\", "/")
            name = (case.get("name") or "").partition("[")[0]
            path, inner = self.place(path, case.get("classname") or "")
            key = "::".join(part for part in (path, inner.replace(".", "::"), name) if part)
            letter, said = "p", ""
            for child in case:
                if child.tag in _LETTERS:
                    letter = _LETTERS[child.tag]
                    said = shortened(f"{child.get('message') or ''}\n{child.text or ''}")
                    letter = "e" if NO_TIME in said else letter
                    break
            found.setdefault(key[:500], []).append((letter, said))
            self.seconds[key[:500]] = self.seconds.get(key[:500], 0.0) + seconds_of(case)
        return found

    def place(self, path, classname):
        """The file that pytest collected, and the classes in it: the report names the file of the code, which may be another."""
        module = path.removesuffix(".py").replace("/", ".")
        if classname == module or classname.startswith(f"{module}."):
            return path, classname.removeprefix(module).strip(".")
        parts = classname.split(".")[:40]
        for count in range(len(parts), 0, -1):
            other = f"{'/'.join(parts[:count])}.py"
            if self.submission.exists(other):
                return other, ".".join(parts[count:])
        return path, classname

    def lines(self, keys):
        """The lines of the code that ran, with sets of contexts, in which bit n + 2 is the test n of `keys`."""
        bits = {name: 1 << (number + 2) for number, name in enumerate(keys)}
        # A context that no reported test has is worth no more than an import.
        mine = [bits.get(name, 1 << IMPORT) for name in self.answer["contexts"]]
        sets = [
            told & 3
            | merged(bit for number, bit in enumerate(mine) if number > SHARED and told >> number & 1)
            for told in self.answer["sets"]
        ]
        return {"sets": [f"{one:x}" for one in sets], "lines": self.answer["lines"]}


def merged(bits):
    return functools.reduce(operator.or_, bits, 0)


def shortened(said):
    """A text of a report, of which the middle is left out if it is long: its words come first, the frames last."""
    return said if len(said) < 4_000 else f"{said[:2_000]}\n…\n{said[-1_900:]}"


def seconds_of(case):
    """How long a test case took, as the report says; no number is no time."""
    try:
        took = float(case.get("time", 0))
    except ValueError:
        return 0.0
    return took if 0 <= took <= WALL_S else 0.0


class Run:
    """The run of all tests, as the checks read it: cases by test, files by coverage, and which test reaches which line."""

    def __init__(self, submission, student):
        self.submission = submission
        self.data = outcome(submission, student)
        self.cases, self.files = self.data["cases"], self.data["files"]
        self.seconds = self.data["seconds"]
        self._sets = [int(text, 16) for text in self.data["sets"]]
        self._keys = list(self.cases)
        canary = self.lines(self.data["canary"].partition("::")[0])
        #: Whether the outcome of the test that has to fail, or coverage of the line that never runs, is not true.
        said = self.cases.get(self.data["canary"], "")
        self.forged = bool(said) and not set(said) & {"f", "e"}
        self.line_forged = 4 in canary

    def is_ours(self, path):
        """Whether a file is that of the test put beside theirs."""
        return self.data["canary"].partition("::")[0] == path

    def lines(self, path):
        """`{line: contexts as bits}` of a file."""
        spans = self.data["lines"].get(path, ())
        return {line: self._sets[number] for first, last, number in spans for line in range(first, last + 1)}

    def reached(self, file):
        """`[(function, contexts as bits)]` of the functions of a file of which a line ran."""
        lines, found = self.lines(file.path), []
        for function in functions(file.tree):
            body = body_of(function)
            first, last = body[0].lineno, body[-1].end_lineno or body[-1].lineno
            bits = 0
            for line, contexts in lines.items():
                bits |= contexts if first <= line <= last else 0
            # In one line with its `def`, a body seems to run when the function is made.
            bits &= ~(1 << IMPORT) if first == function.lineno else -1
            found += [(function, bits)] if bits else []
        return found

    @functools.cached_property
    def breadth(self):
        """`{test: how many functions of the code it runs}`."""
        found = [bits >> 2 for file in code_of(self.submission) for _, bits in self.reached(file)]
        return {key: sum(bits >> number & 1 for bits in found) for number, key in enumerate(self._keys)}

    def bits_at(self, file, function, line):
        """The contexts that run the innermost statement at a line of a function, 0 where coverage names none of its lines."""
        around = [
            node
            for node in ast.walk(function)
            if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
        ]
        inner = max(around, key=lambda node: node.lineno)
        end = getattr(inner, "body", None) or [inner]
        last = end[0].lineno - 1 if end[0] is not inner else inner.end_lineno
        ran = self.lines(file.path)
        return merged(ran.get(at, 0) for at in range(inner.lineno, max(last, inner.lineno) + 1))

    def tests(self, bits):
        """The tests among contexts; None where it may be any, because an import or a shared fixture runs the line."""
        if bits & (1 << IMPORT | 1 << SHARED):
            return None
        return {key for number, key in enumerate(self._keys) if bits >> (number + 2) & 1}
