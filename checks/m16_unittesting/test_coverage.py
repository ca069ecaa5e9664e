"""M16: how much of the code the tests run, and what the repository says about measuring it.

The package is written anew with a wire in each function that leaves a random word behind together with the test that ran it:
what coverage says in a process of the students is held against that. Measurements, all of them `self_reported`:

coverage_percent             of the statements of the modules that the tests import
coverage_all_percent         of those of every module
coverage_with_tests_percent  of the imported modules and the tests themselves, as `coverage run -m pytest` says without settings
coverage_lacks               why the tests would run more elsewhere, where some of them could not run here; else not there
"""

import ast
import copy
import posixpath
import re
import secrets

from grader.suite import StudentFault, check, evidence, measure, not_applicable, partial

from ..common.python import FINDABLE, own_names
from ._common import CPU_S, NO_DATA, QUIETLY, WALL_S, code_of, functions, is_text

_WIRE = """
import os as {name}_os
{name}_seen = set()
def {name}(word):
    test = {name}_os.environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0][:300]
    if (word, test) not in {name}_seen:
        {name}_seen.add((word, test))
        log = {name}_os.path.join({name}_os.path.dirname({name}_os.path.abspath(__file__)), {up!r}, {log!r})
        out = {name}_os.open(log, {name}_os.O_WRONLY | {name}_os.O_CREAT | {name}_os.O_APPEND, 0o600)
        {name}_os.write(out, (word + " " + test + chr(10)).encode("utf-8", "replace"))
        {name}_os.close(out)
"""


class Wired:
    """One module of the package, written anew: its text, and for each function's word the function and a line of it."""

    def __init__(self, file, log):
        self.path, self.tree = file.path, file.tree
        wired = copy.deepcopy(file.tree)
        name = f"_wire_{secrets.token_hex(4)}"
        self.functions = {secrets.token_hex(8): node for node in functions(file.tree)}
        for word, node in zip(self.functions, functions(wired), strict=True):
            node.body.insert(head(node.body), ast.parse(f"{name}({word!r})").body[0])
        up = posixpath.relpath(".", posixpath.dirname(file.path) or ".")
        at = head(wired.body)
        while at < len(wired.body) and getattr(wired.body[at], "module", "") == "__future__":
            at += 1
        wired.body[at:at] = ast.parse(_WIRE.format(name=name, up=up, log=log)).body
        self.text = ast.unparse(ast.fix_missing_locations(wired))
        again = [node for node in functions(ast.parse(self.text)) if node.name != name]
        self.lines = {
            word: node.body[head(node.body) + 1].lineno
            for word, node in zip(self.functions, again, strict=True)
        }
        texts = [node for node in ast.walk(file.tree) if isinstance(node, ast.stmt) and not is_text(node)]
        self.statements = len({node.lineno for node in texts})


def head(body):
    return 1 if body and is_text(body[0]) and isinstance(body[0].value.value, str) else 0


def lacks(submission, student, text):
    """What some of the tests need and have not here, according to what pytest said; nothing where they need nothing."""
    why = student.excuse(text, own=own_names(submission), network=True)
    return why or ("It needs files that are not in git." if NO_DATA.search(text) else "")


class Reach:
    """One run of all tests under coverage over the wired package. Everything in it is what the students' process says."""

    def __init__(self, submission, student):
        log = f"words_{secrets.token_hex(8)}.txt"
        self.modules = [Wired(file, log) for file in code_of(submission)]
        self.ran, self.measured, self.lacks = {}, {}, ""
        if not self.modules:
            return
        own = [file for file in submission.python_files() if not submission.is_template(file.path)]
        paths = [file.path for file in own if FINDABLE.search(file.path)]
        assert paths, "There is no file of tests that pytest finds."
        for module in self.modules:
            student.write(module.path, module.text)
        rc, data = f"rc_{secrets.token_hex(8)}.ini", f"data_{secrets.token_hex(8)}"
        omitted = "exclude_lines =\n    _wire_\nignore_errors = True\n"
        student.write(
            rc, f"[run]\nsource = .\nrelative_files = True\ndata_file = {data}\n[report]\n{omitted}"
        )
        asked = (*QUIETLY, "-o", "addopts=")
        before = ["run", f"--rcfile={rc}", "-m", "pytest"]
        try:
            done = student.run_module("coverage", [*before, *asked, *paths], timeout=WALL_S, cpu_s=CPU_S)
        except StudentFault as fault:
            if fault.kind == "timeout":
                # Tests that never end fail `tests_pass`; here they say nothing.
                not_applicable("The tests did not end in time under coverage, so nothing could be counted.")
            raise
        self.lacks = lacks(submission, student, done.output) if done.returncode else ""
        student.run_module("coverage", ["lcov", "-q", f"--rcfile={rc}", "-o", f"{data}.info"], timeout=30)
        self._read(student, f"{data}.info", log, paths)

    def _read(self, student, lcov, log, paths):
        path = ""
        for line in student.read(lcov).splitlines() if student.exists(lcov) else ():
            if line.startswith("SF:"):
                path = line[3:].replace("\\", "/")
            elif found := re.match(r"DA:(\d{1,7}),(\d{1,9})", line):
                self.measured.setdefault(path, {})[int(found[1])] = found[2] != "0"
        for line in student.read(log).splitlines() if student.exists(log) else ():
            word, _, test = line.partition(" ")
            if test in paths:
                self.ran.setdefault(word, set()).add(test)

    def counts(self, module):
        """Statements and executed ones of a module; a report that forgets statements does not make them fewer."""
        lines = self.measured.get(module.path, {})
        statements = len(lines) if 4 * len(lines) >= 3 * module.statements else module.statements
        return statements, sum(lines.values())


def percent(pairs):
    total = sum(statements for statements, _ in pairs)
    return round(100 * sum(min(pair) for pair in pairs) / total, 1) if total else 0.0


@check(
    "The tests run a good part of the code",
    points=2,
    questions=[8],
    required=False,
    environment="required",
    hint="`coverage run -m pytest tests/`, then `coverage report -m`: the last column names the lines that no test runs.",
)
def test_code_is_covered(submission, student):
    run = Reach(submission, student)
    if not run.modules:
        not_applicable("There is no code beside the tests.")
    pairs = {module.path: run.counts(module) for module in run.modules}
    imported = [pair for pair in pairs.values() if pair[1]]
    own = [(len(lines), sum(lines.values())) for path, lines in run.measured.items() if FINDABLE.search(path)]
    whole = percent(pairs.values())
    measure("coverage_percent", percent(imported), "%", self_reported=True)
    measure("coverage_all_percent", whole, "%", self_reported=True)
    measure("coverage_with_tests_percent", percent([*imported, *own]), "%", self_reported=True)
    for path, (statements, executed) in sorted(pairs.items()):
        evidence(path, None, f"{executed} of {statements} statements are run by the tests")
    claimed = [
        word
        for module in run.modules
        for word, line in module.lines.items()
        if run.measured.get(module.path, {}).get(line)
    ]
    confirmed = sum(word in run.ran for word in claimed)
    measure("n_functions_run_by_tests", len(run.ran), self_reported=True)
    assert 2 * confirmed >= len(claimed), (
        f"Coverage names {len(claimed)} functions as run, but a test ran only {confirmed} of them: what runs in "
        "conftest.py or on import is not tested."
    )
    if run.lacks:
        measure("coverage_lacks", run.lacks, self_reported=True)
    if run.lacks and whole < 40:
        not_applicable(
            f"The tests run {whole} % of the statements of the code, and not all of them could run here. {run.lacks}"
        )
    assert whole >= 15, f"The tests run {whole} % of the statements of the code."
    if whole < 40:
        partial(1, f"The tests run {whole} % of the statements of the code.")
