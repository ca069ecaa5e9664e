"""The largest TOML, YAML and JSON that is read takes linear time, whatever its shape, or is refused with its line."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from itertools import count

import pytest

from grader.environment.requirements import MAX_LOCK_BYTES
from grader.parsing.plain_data import DataError, parse_json, parse_toml
from grader.repository.faults import SubmissionFault
from grader.repository.formats.structured import json_data, toml_data
from grader.repository.formats.yaml_data import MAX_BYTES, parse_yaml
from tests.cpu import ends_within

pytestmark = pytest.mark.slow

#: The largest TOML file that anything reads: a uv.lock.
SIZE = MAX_LOCK_BYTES
#: Ten times what the slowest shape takes by itself.
CPU_S = 60


def lines(line: Callable[[int], str], *, head: str = "", size: int = SIZE) -> str:
    """As many lines as there is room for, each made from its number."""
    found, left = [head], size - len(head)
    for number in count():
        found.append(line(number))
        left -= len(found[-1])
        if left < 0:
            return "".join(found[:-1])
    raise AssertionError


KEY = ".".join("a" * 99)
NAME = "x" * 1000
REFUSED: dict[str, tuple[Callable[[], str], str]] = {
    "a key of many parts": (lambda: "a." * (SIZE // 2) + "a=1", "key of more than 100 parts"),
    "blanks between parts": (lambda: "a \t. " * (SIZE // 5) + "a=1", "parts"),
    "quoted parts": (lambda: '"a b" . ' * (SIZE // 8) + "a=1", "parts"),
    "parts with escapes": (lambda: '"\\"].=" .' * (SIZE // 9) + "a=1", "parts"),
    "literal parts": (lambda: "'a\"'." * (SIZE // 5) + "a=1", "parts"),
    "dots in quotes": (lambda: "'a.b'.\"c.d\"." * (SIZE // 12) + "a=1", "parts"),
    "a table of many parts": (lambda: "[" + "a." * (SIZE // 2) + "a]", "parts"),
    "an array of tables of many parts": (lambda: "[[ " + "'a' . " * (SIZE // 6) + "a]]", "parts"),
    "an inline table of many parts": (lambda: "b = {" + "a." * (SIZE // 2) + "a = 1}", "parts"),
    "an inline table in an array": (lambda: "b = [1, # [\n{" + "a." * (SIZE // 2) + "a = 1}]", "parts"),
    "after a text with quotes": (lambda: "a = '''\n'''''\n" + "a." * (SIZE // 2) + "a = 1", "line 3: a key"),
    "many long keys": (lambda: lines(lambda n: f"{KEY}.b{n}=1\n"), "many parts below each other"),
    "many other long keys": (lambda: lines(lambda n: f"b{n}.{KEY}=1\n"), "many parts"),
    "many keys below a long header": (lambda: lines(lambda n: f"b{n}=1\n", head=f"[{KEY}]\n"), "many parts"),
    "many long headers": (lambda: lines(lambda n: f"[{KEY}.b{n}]\n"), "many parts"),
    "many long arrays of tables": (lambda: lines(lambda n: f"[[{KEY}.b{n}]]\n"), "many parts"),
    "long keys in an inline table": (lambda: "a={" + lines(lambda n: f"{KEY}.b{n}=1,"), "many parts"),
    "long keys below tables in turn": (lambda: lines(lambda n: f"[[a]]\n{KEY}=1\n"), "many parts"),
    "a long name above many lines": (
        lambda: lines(lambda n: f"c{n}=1\n", head=f'["{NAME}y".a]\n["{NAME}y".b]\n'),
        "line 1: a name or number of more than 1000 characters",
    ),
    "a long bare name": (lambda: lines(lambda n: f"c{n}=1\n", head=f"\n[{NAME}y]\n"), "line 2: a name"),
    "a huge number": (lambda: "a = " + "1" * SIZE, "number of more than 1000"),
    "a huge hexadecimal number": (lambda: "a = 0x" + "f" * SIZE, "number of more than 1000"),
    "brackets": (lambda: "a = " + "[" * SIZE, "nested too deep"),
    "braces": (lambda: "a = " + "{a = " * (SIZE // 5), "nested too deep"),
    "long keys in braces": (lambda: "a = " + f"{{{KEY} = " * 10, "nested too deep"),
    "a text without end": (lambda: 'a = """' + '\\"""' * (SIZE // 4), "Unterminated"),
    "equal signs": (lambda: "=" * SIZE, "line 1: not valid TOML"),
    "closing brackets": (lambda: "]" * SIZE, "not valid TOML"),
    "a long name that fails": (lambda: '"' + NAME[:900] + '" = 1\n' * 2, "not valid TOML"),
}
READ = {
    "keys of 100 parts": lambda: lines(lambda n: f"[t{n}]\n{KEY}.b=1\n", size=10_000),
    "short lines": lambda: lines(lambda n: f"a{n}=1\n"),
    "lines below a header": lambda: lines(lambda n: f"b{n}=1\n", head="[a.a.a.a.a]\n"),
    "long names above many lines": lambda: lines(lambda n: f"c{n}=1\n", head=f"[{NAME}.a]\n[{NAME}.b]\n"),
    "arrays of tables": lambda: "[[a]]\n[[a.b]]\n" * (SIZE // 14),
    "deep arrays": lambda: lines(lambda n: f"a{n}={'[' * 190}{']' * 190}\n"),
    "an array": lambda: "a=[" + "1,\n#\n" * (SIZE // 5) + "]",
    "inline tables": lambda: "a=[" + "{b=1}," * (SIZE // 6) + "]",
    "escapes": lambda: 'a="' + "é\\n𝄞" * (SIZE // 4) + '"',
    "line ends that are escaped": lambda: 'a="""' + 'x""\\\n' * (SIZE // 5) + '"""',
    "quotes": lambda: "a='''" + "''x" * (SIZE // 3) + "'''",
    "dots in texts and remarks": lambda: "a='" + "." * (SIZE // 2) + "' #" + "a." * (SIZE // 4),
    "digits": lambda: lines(lambda n: f"a{n}={'1' * 990}\nf{n}=1.{'1' * 980}e-300\n"),
    "dates": lambda: "a=[" + "1979-05-27T07:32:00.5Z," * (SIZE // 23) + "]",
}


@pytest.mark.parametrize("shape", REFUSED)
def test_a_costly_toml_is_refused_with_its_line(shape: str) -> None:
    make, why = REFUSED[shape]
    text = make()

    def is_refused() -> None:
        with pytest.raises(SubmissionFault, match=why) as fault:
            toml_data(text, "a.toml")
        assert fault.value.message.startswith("a.toml, line ")
        assert fault.value.evidence[0].line
        assert len(fault.value.message) < 400

    ends_within(CPU_S, is_refused)


@pytest.mark.parametrize("shape", READ)
def test_the_largest_honest_toml_is_read(shape: str) -> None:
    text = READ[shape]()
    ends_within(CPU_S, lambda: parse_toml(text))


def test_a_reader_on_the_host_gets_a_value_error_with_the_line() -> None:
    with pytest.raises(ValueError, match="line 2: a key of more than 100 parts") as problem:
        parse_toml("x = 1\n" + "a . " * 101 + "a = 1")
    assert isinstance(problem.value, DataError)
    assert problem.value.line == 2


JSON_BYTES = 20 * 1024 * 1024
JSON = {
    "brackets": lambda: "[" * JSON_BYTES,
    "braces": lambda: '{"":' * (JSON_BYTES // 4),
    "a number": lambda: "1" * JSON_BYTES,
    "a fraction": lambda: "0." + "1" * JSON_BYTES,
    "escapes": lambda: '"' + "\\u00e9\\n" * (JSON_BYTES // 8) + '"',
    "a text without end": lambda: '"' + "\\\\" * (JSON_BYTES // 2),
    "commas": lambda: "[" + "1,   " * (JSON_BYTES // 5),
}


@pytest.mark.parametrize("shape", JSON)
def test_the_largest_json_takes_linear_time(shape: str) -> None:
    text = JSON[shape]()

    def ends() -> None:
        with contextlib.suppress(ValueError):
            parse_json(text)

    ends_within(CPU_S, ends)


COMMENTS = 1024 * 1024


@pytest.mark.parametrize("piece", ["/*", "//\n", '"', ",  ", "/**", '"\\', ", /* */", "*/"])
def test_json_with_comments_takes_linear_time(piece: str) -> None:
    text = "[" + piece * (COMMENTS // len(piece))

    def ends() -> None:
        with contextlib.suppress(SubmissionFault):
            json_data(text, "a.json", comments=True)

    ends_within(CPU_S, ends)


YAML = {
    "tags": lambda: lines(lambda n: f"%TAG !a{n}! x\n", size=MAX_BYTES) + "--- a",
    "brackets": lambda: "[" * MAX_BYTES,
    "dashes": lambda: "- " * (MAX_BYTES // 2),
    "questions": lambda: "? " * (MAX_BYTES // 2),
    "lines": lambda: "[" + "\n" * (MAX_BYTES - 1),
    "values": lambda: "[" + "a," * (MAX_BYTES // 2 - 1),
    "pairs": lambda: "[" + "a: b, " * (MAX_BYTES // 6 - 1) + "]",
    "keys": lambda: lines(lambda n: f"a{n}: 1\n", size=MAX_BYTES),
    "anchors": lambda: "[" + lines(lambda n: f"&a{n} a,", size=MAX_BYTES - 2) + "]",
    "aliases": lambda: "a: &a [" + "1," * 1000 + "]\nb: [" + "*a," * (MAX_BYTES // 4) + "]",
    "merges": lambda: "a: &a {b: 1}\n" + lines(lambda n: f"c{n}:\n  <<: *a\n", size=MAX_BYTES - 20),
    "escapes": lambda: 'a: "' + "\\n" * (MAX_BYTES // 2 - 4) + '"',
}


@pytest.mark.parametrize("shape", YAML)
def test_the_largest_yaml_takes_linear_time(shape: str) -> None:
    text = YAML[shape]()
    assert len(text) <= MAX_BYTES + 2100

    def ends() -> None:
        with contextlib.suppress(DataError):
            parse_yaml(text)

    ends_within(20, ends)


def test_many_directives_are_refused() -> None:
    with pytest.raises(DataError, match="more than 200 lines that begin with `%`"):
        parse_yaml(YAML["tags"]())
