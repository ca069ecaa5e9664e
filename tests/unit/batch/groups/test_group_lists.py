"""Group lists as people and programs write them: every row is read, or named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.batch.groups import GroupRow, load_columns, read_groups
from grader.errors import UsageError
from tests.places import ROOT

HEADER = "group_nb,student 1,student 2,student 3,student 4,student 5,github_repo"
COURSE = load_columns(ROOT / "reports")


def groups(
    tmp_path: Path, text: str | bytes, name: str = "list.csv", *, allow_local: bool = False
) -> list[GroupRow]:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_groups(path, columns=COURSE, allow_local=allow_local))


def one(tmp_path: Path, text: str | bytes, name: str = "list.csv") -> GroupRow:
    (found,) = groups(tmp_path, text, name)
    return found


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}\n7,s111111,s222222,,,,https://github.com/ada/project\n",
        # The older tool: another spelling, addresses.
        f"{HEADER.replace('_nb', ' nb')}\n7,s111111,s222222,,,,https://github.com/ada/project\n",
        # A mark of the byte order, semicolons, Windows' lines, blanks around everything.
        f"\ufeff{HEADER.replace(',', ';')}\r\n 7 ; s111111;s222222 ;;;;  https://github.com/ada/project/ \r\n",
        # The columns in another order, a column that nobody knows, tabs.
        "github_repo\tgroup_nb\tcomment\tstudent 1\tstudent 2\nhttps://github.com/ada/project.git\t7\tfine\ts111111\ts222222\n",
        # No header at all: by position.
        "7,s111111,s222222,,,,https://github.com/ada/project\n",
        # Empty lines, and lines of delimiters only.
        f"\n{HEADER}\n\n,,,,,,\n007,s111111,s222222,,,,https://www.github.com/ada/project/tree/main?tab=readme#top\n\n",
    ],
)
def test_the_course_s_own_table(tmp_path: Path, text: str) -> None:
    found = one(tmp_path, text)
    assert (found.id, found.info.number, found.problem) == ("group-7", 7, "")
    assert found.info.members == ("s111111", "s222222")
    assert found.source.removesuffix(".git") == "https://github.com/ada/project"


def test_a_table_in_the_encodings_of_spreadsheets(tmp_path: Path) -> None:
    text = f"{HEADER}\n1,søren@example.com,,,,,ada/project\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert one(tmp_path, text.encode(encoding)).info.members == ("søren@example.com",)


def test_five_members_and_each_once(tmp_path: Path) -> None:
    found = one(tmp_path, f"{HEADER}\n3,a@x.dk,b@x.dk,c@x.dk,a@x.dk,e@x.dk,ada/project\n")
    assert found.info.members == ("a@x.dk", "b@x.dk", "c@x.dk", "e@x.dk")


def test_bad_rows_are_named_with_their_lines_and_the_rest_goes_on(tmp_path: Path) -> None:
    text = "\n".join(
        [
            HEADER,
            "1,s111111,,,,,https://github.com/ada/one",
            "2,s222222,,,,,No Link Found",
            "3,s333333,,,,,",
            "4,s444444,,,,,ftp://example.com/a/b",
            "5,s555555,,,,,https://user:hunter2@github.com/ada/five",
            "1,s666666,,,,,https://github.com/ada/six",
            '7,"s777777',
            's888888",,,,,/etc',
            "8,a,b,c,d,e,ada/eight,one,more",
            "9,s999999,,,,,https://github.com/ada/nine",
        ]
    )
    found = {group.place: group for group in groups(tmp_path, text)}
    assert list(found) == [f"line {number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 11)]
    assert [place for place, group in found.items() if not group.problem] == ["line 2", "line 11"]
    assert [place for place, group in found.items() if group.nothing] == ["line 3", "line 4"]
    assert "`ftp:`" in found["line 5"].problem
    assert "user name or a password" in found["line 6"].problem
    assert "hunter2" not in repr(found["line 6"])
    assert "group 1 is there already, line 2" in found["line 7"].problem
    assert "--allow-local" in found["line 8"].problem
    assert "9 cells" in found["line 10"].problem
    assert len({group.id for group in found.values()}) == len(found)
    assert found["line 11"].id == "group-9"


def test_rows_with_one_repository_are_named(tmp_path: Path) -> None:
    text = f"{HEADER}\n1,,,,,,https://github.com/Ada/Project\n2,,,,,,git@github.com:ada/project.git\n3,,,,,,ada/other\n4,,,,,,ada/project\n"
    first, second, other, fourth = groups(tmp_path, text)
    assert not any(group.problem for group in (first, second, other, fourth))
    assert "group 2 (line 3)" in " ".join(first.info.notes)
    assert "group 4 (line 5)" in " ".join(first.info.notes)
    assert "group 1 (line 2)" in " ".join(second.info.notes)
    assert other.info.notes == ()


def test_toml(tmp_path: Path) -> None:
    text = """
[[group]]
number = 7
members = ["s111111", "ada@example.com"]
repository = "ada/project"

[[group]]
name = "Team Ada"
repository = "https://gitlab.example.com/a/b/c/-/tree/main"

[[group]]
number = "nine"
repository = "ada/nine"

[[group]]
number = 10
repo = "ada/ten"
"""
    seven, team, nine, ten = groups(tmp_path, text, "class.toml")
    assert (seven.id, seven.info.members, seven.source) == (
        "group-7",
        ("s111111", "ada@example.com"),
        "ada/project",
    )
    assert (team.id, team.info.name, team.source) == (
        "group-team-ada",
        "Team Ada",
        "https://gitlab.example.com/a/b/c",
    )
    assert (nine.place, nine.problem) == ("line 11", "`number` is no whole number")
    assert "no key 'repo'" in ten.problem


def test_a_plain_list(tmp_path: Path) -> None:
    text = "# the class\nada/project   # a comment\n\nhttps://github.com/bo/thing#readme\ngithub.com/cy/other\nnonsense\n"
    ada, bo, cy, nonsense = groups(tmp_path, text, "list.txt")
    assert [group.source for group in (ada, bo, cy)] == [
        "ada/project",
        "https://github.com/bo/thing",
        "https://github.com/cy/other",
    ]
    assert [group.id for group in (ada, bo, cy)] == ["ada-project", "bo-thing", "cy-other"]
    assert (nonsense.place, bool(nonsense.problem)) == ("line 6", True)


def test_two_sources_of_one_name_are_two_submissions(tmp_path: Path) -> None:
    text = "ada/project\nhttps://gitlab.example.com/ada/project\n"
    found = groups(tmp_path, text, "list.txt")
    assert [(group.id, group.problem) for group in found] == [("ada-project", ""), ("ada-project-2", "")]


def test_paths_of_a_list_only_where_they_are_allowed(tmp_path: Path) -> None:
    (tmp_path / "clone").mkdir()
    text = f"{HEADER}\n1,,,,,,clone\n2,,,,,,file://{tmp_path}/clone\n3,,,,,,{tmp_path}/clone\n"
    assert all("--allow-local" in group.problem for group in groups(tmp_path, text))
    allowed = groups(tmp_path, text, allow_local=True)
    assert {(group.source, group.problem, group.local) for group in allowed} == {
        (str(tmp_path / "clone"), "", True)
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the file is empty"),
        ("a,b\n1,2\n", "line 1: no column is a repository"),
        (HEADER, "holds no group"),
        (b"PK\x03\x04\x00\x00\x00", "is no text"),
    ],
)
def test_a_list_that_is_none(tmp_path: Path, text: str | bytes, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        groups(tmp_path, text)


def test_a_list_of_a_course_without_words_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Team;Member 1;E-mail 2;Repository URL\nA-1;ada;ada@example.com;ada/project\n")
    (found,) = read_groups(path)
    assert (found.id, found.info.name, found.info.members) == ("group-a-1", "A-1", ("ada", "ada@example.com"))


def test_a_cell_without_an_end_is_no_end_of_the_list(tmp_path: Path) -> None:
    text = f'{HEADER}\n1,,,,,,ada/one\n2,"{"x" * 200_000}",,,,,ada/two\n3,,,,,,ada/three\n'
    found = groups(tmp_path, text)
    assert [group.id for group in found if not group.problem] == ["group-1", "group-3"]
