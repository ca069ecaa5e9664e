"""YAML, TOML and JSON of a submission: data where it is sound, a fault with a line where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.repository.faults import SubmissionFault
from tests.cpu import ends_within
from tests.view_sample import view


def test_only_true_and_false_are_booleans_and_on_stays_a_key(tmp_path: Path) -> None:
    text = "on: push\ncountry: no\nyes_: yes\nflag: True\nempty:\nversion: 3.10\nquoted: '3.10'\n"
    text += "when: 2024-01-01\nn: 0x10\nt: 1:20\n"
    assert view(tmp_path, {"a.yaml": text}).yaml("a.yaml") == {
        "on": "push",
        "country": "no",
        "yes_": "yes",
        "flag": True,
        "empty": None,
        "version": 3.1,
        "quoted": "3.10",
        "when": "2024-01-01",
        "n": 16,
        "t": "1:20",
    }


def test_yaml_keeps_lines_merges_and_documents(tmp_path: Path) -> None:
    submission = view(
        tmp_path,
        {
            "m.yaml": "base: &b\n  a: 1\n  c: 2\nnew:\n  <<: *b\n  c: 3\nlist:\n- x\n- y\n",
            "k.yaml": "a: 1\n---\nb: 2\n",
        },
    )
    data = submission.yaml("m.yaml")
    assert data["new"] == {"a": 1, "c": 3}
    assert data.lines == {"base": 1, "new": 4, "list": 7}
    assert data["list"].lines == [8, 9]
    assert submission.yaml_documents("k.yaml") == [{"a": 1}, {"b": 2}]
    with pytest.raises(SubmissionFault, match="2 YAML documents"):
        submission.yaml("k.yaml")
    assert view(tmp_path, {"e.yaml": "# nothing\n"}).yaml("e.yaml") is None


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "aliases"),
        ("a: &a [*a]\n", "refers to nothing"),
        ("x: !!python/object/apply:os.system ['true']\n", "Python object"),
        ("x: !!python/object:os.error {}\n", "Python object"),
        ("a: 1\nb: 2\na: 3\n", "line 3: the key .a. occurs twice"),
        ("a:\n\tb: 1\n", "line 2"),
        ("[" * 5000 + "]" * 5000, "nested deeper"),
        ("{" * 5000, "nested deeper"),
        ("a: 1\nb: " + "[" * 5000, "line 2: nested deeper"),
        ("- " * 5000, "nested deeper"),
        ("".join(" " * level + "a:\n" for level in range(1200)), "nested deeper"),
        ("a: '" + "[" * 5000, "not valid YAML"),
        ("a: 1 # " + "[" * 5000 + "\nb: '", "not valid YAML"),
        ("".join(f"- [{'x' * 9}]\n" for _ in range(200)) + "b: '", "not valid YAML"),
        ("a: [1, 2\nb: 3\n", "not valid YAML"),
        ("a: '\x01'\n", "not valid YAML"),
        ("{[1, 2]: 3}\n", "plain value"),
        ("x: " + "y" * 1_100_000, "larger than"),
    ],
)
def test_hostile_and_broken_yaml_is_a_fault_at_once(tmp_path: Path, text: str, message: str) -> None:
    submission = view(tmp_path, {"a.yaml": text})

    def is_refused() -> None:
        with pytest.raises(SubmissionFault, match=message) as fault:
            submission.yaml("a.yaml")
        assert fault.value.evidence[0].path == "a.yaml"

    ends_within(5, is_refused)


def test_a_tag_that_only_names_something_is_text(tmp_path: Path) -> None:
    text = "emoji: !!python/name:material.emoji.twemoji\nkey: !ENV HOME\n"
    assert view(tmp_path, {"mkdocs.yaml": text}).yaml("mkdocs.yaml") == {"emoji": None, "key": "HOME"}


def test_toml_faults_name_the_line(tmp_path: Path) -> None:
    submission = view(
        tmp_path,
        {"ok.toml": "\ufeff[a]\nb = 1\n", "bad.toml": "[a]\nb = \n", "deep.toml": "a=" + "[" * 10_000},
    )
    assert submission.toml("ok.toml") == {"a": {"b": 1}}
    with pytest.raises(SubmissionFault, match="line 2: not valid TOML") as fault:
        submission.toml("bad.toml")
    assert fault.value.evidence[0].line == 2
    with pytest.raises(SubmissionFault, match="nested too deep"):
        submission.toml("deep.toml")
    assert submission.toml("ok.toml") is submission.toml("ok.toml")


def test_a_key_of_very_many_parts_does_not_take_minutes(tmp_path: Path) -> None:
    submission = view(tmp_path, {"a.toml": "x = 1\na" + ".a" * 100_000 + " = 1\n"})

    def is_refused() -> None:
        with pytest.raises(SubmissionFault, match="line 2: a key of more than 100 parts"):
            submission.toml("a.toml")

    ends_within(5, is_refused)


def test_json_with_and_without_comments(tmp_path: Path) -> None:
    text = '{\n  // why\n  "a": "http://x", /* two\n lines */\n  "b": [1, 2,],\n}\n'
    submission = view(tmp_path, {".devcontainer/devcontainer.json": text, "plain.json": text})
    assert submission.json(".devcontainer/devcontainer.json") == {"a": "http://x", "b": [1, 2]}
    with pytest.raises(SubmissionFault, match=r"plain.json, line 2: not valid JSON"):
        submission.json("plain.json")


@pytest.mark.parametrize("text", ["[" * 200_000, "1" * 100_000, '{"a": ' * 50_000])
def test_hostile_json_is_a_fault(tmp_path: Path, text: str) -> None:
    with pytest.raises(SubmissionFault):
        view(tmp_path, {"a.json": text}).json("a.json")
