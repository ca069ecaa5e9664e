"""A tiny course pack of one module, `X1`, whose exercise is a function that doubles: for proofs."""

from __future__ import annotations

from collections.abc import Callable

from grader.authoring.proof_table import ModuleProof

SUITE = """
from grader.suite import check, not_applicable, work

@work("double.py")
def find_work(submission):
    return submission.exists("double.py")

@check("There is a function double", points=1)
def test_named(submission):
    assert "def double" in submission.text("double.py"), "There is none."

@check("It doubles", points=9)
def test_doubles(submission, student, rng):
    number = rng.randrange(10, 99)
    assert student.load("double.py").double(number).value() == 2 * number, "It does not double."
"""
DOUBLE = (
    '"""Double numbers."""\n\nimport sys\n\n\ndef double(number):\n    """Double."""\n    return 2 * number\n'
)
FILES = {
    "checks/x01_double/module.toml": 'id = "X1"\nslug = "double"\ntitle = "Doubling"\nsession = "W1"\n',
    "checks/x01_double/test_double.py": SUITE,
    "exercises/x01_double/solution/double.py": DOUBLE,
    "exercises/x01_double/starter/double.py": "# TODO\n",
}
MUTANTS = """
[[mutant]]
name = "no function of that name"
path = "double.py"
find = "def double"
replace = "def twice"
caught_by = ["named"]

[[mutant]]
name = "it triples"
path = "double.py"
find = "2 * number"
replace = "3 * number"
caught_by = ["doubles"]
"""

#: Proves the suite of the pack: see `tests/unit/authoring/conftest.py`.
ProveX1 = Callable[..., ModuleProof]

#: A proof that holds by all rules; its mutants are `WRONG_MUTANTS`.
CONVERTED = """
derived = true

[[oracle]]
kind = "words"
name = "the name, in dead code"
path = "double.py"
content = "if False:\\n    def double(number): ...\\n"

[[oracle]]
kind = "broken"
name = "it adds"
path = "double.py"
find = "2 * number"
replace = "2 + number"

[[oracle]]
kind = "excuses"
name = "no network, it says"
path = "double.py"
content = 'def double(number):\\n    raise ConnectionError("no network")\\n'

[[oracle]]
kind = "course"
name = "written otherwise"
folder = "oracles/course"
"""
WRONG_MUTANTS = MUTANTS.replace('name = "it triples"', 'name = "it triples"\nwrong = true')
COURSE_ORACLE = {
    "exercises/x01_double/oracles/course/double.py": "def double(value):\n    return value + value\n"
}
