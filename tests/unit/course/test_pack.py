"""A course pack is read, never run; what is wrong with one is said with file and line."""

from pathlib import Path

import pytest

from grader.course.pack import load_course
from grader.errors import CourseError, UsageError

MODULE = 'id = "M7"\nslug = "x"\ntitle = "X"\nsession = "S2"\n'
SUITE = """
from grader.suite import check
raise RuntimeError("a suite is never imported to make a plan")

@check("It holds", points=2, questions=[1], boxes=["w1-01"], hint="Do it.", requires=["other"])
def test_it_holds(submission):
    pass

@check("The other", scope="project", required=False)
def test_other(submission):
    pass
"""


def pack(root: Path, suite: str = SUITE, module: str = MODULE) -> Path:
    folder = root / "checks" / "m07_x"
    folder.mkdir(parents=True)
    (folder / "module.toml").write_text(module)
    (folder / "test_x.py").write_text(suite)
    return root


def test_checks_are_read_without_running_the_suite(tmp_path: Path) -> None:
    course = load_course(pack(tmp_path))
    second, first = course.modules[0].checks
    assert first.id == "M7.it_holds"
    assert (first.spec.points, first.spec.questions, first.spec.boxes) == (2, (1,), ("w1-01",))
    assert first.spec.requires == ("other",)
    assert not second.spec.required


def test_scope_decides_what_is_planned(tmp_path: Path) -> None:
    module = load_course(pack(tmp_path)).modules[0]
    assert [check.name for check in module.planned("exercises")] == ["it_holds"]
    assert [check.name for check in module.planned("project")] == ["other", "it_holds"]


@pytest.mark.parametrize(
    ("suite", "said"),
    [
        ("from grader.suite import check\n@check(TITLE)\ndef test_a(): pass\n", "test_x.py:2"),
        ("@check('A', points=-1)\ndef test_a(): pass\n", "points"),
        ("@check('A', scope='exercises', boxes=['w1-01'])\ndef test_a(): pass\n", "no box"),
        ("@check('A', required='sometimes')\ndef test_a(): pass\n", "required"),
        ("@check('A', colour=1)\ndef test_a(): pass\n", "colour"),
        ("@check('A')\ndef a(): pass\n", "starts with `test_`"),
        ("@check('A', requires=['b'])\ndef test_a(): pass\n", "requires b"),
        ("@check('A')\ndef test_a(): pass\n@check('B')\ndef test_a(): pass\n", "second check"),
        ("def broken(:\n", "not valid Python"),
        ("", "has no checks"),
    ],
)
def test_a_bad_suite_is_named_with_its_place(tmp_path: Path, suite: str, said: str) -> None:
    with pytest.raises(CourseError) as problem:
        load_course(pack(tmp_path, suite))
    assert said in str(problem.value)
    assert "test_x.py" in str(problem.value) or "m07_x" in str(problem.value)


@pytest.mark.parametrize(
    ("module", "said"),
    [("id = ", "module.toml"), ('id = "7"\n', "id"), (MODULE + 'colour = "red"\n', "colour")],
)
def test_a_bad_module_file_is_named(tmp_path: Path, module: str, said: str) -> None:
    with pytest.raises(CourseError, match=said):
        load_course(pack(tmp_path, module=module))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "course.toml"),
        ("nome = 'x'\n", "nome"),
        ("[roles.date]\nfunctions = ['x']\n", "no role 'date'"),
        ("[[scripts]]\nimports = ['x']\n", "scripts.0.functions"),
    ],
)
def test_a_mistake_in_what_the_course_says_of_itself_is_named(tmp_path: Path, text: str, said: str) -> None:
    root = pack(tmp_path)
    (root / "checks" / "course.toml").write_text(text)
    with pytest.raises(CourseError, match=said):
        load_course(root)


def test_a_folder_without_checks_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no course pack"):
        load_course(tmp_path)


def test_unknown_modules_and_sessions_are_refused_by_name(tmp_path: Path) -> None:
    course = load_course(pack(tmp_path))
    assert [module.id for module in course.select(["7"])] == ["M7"]
    assert [module.id for module in course.select(session="s2")] == ["M7"]
    with pytest.raises(UsageError, match="Unknown module M99"):
        course.select(["M99"])
    with pytest.raises(UsageError, match="no session 'S9'"):
        course.select(session="S9")


def test_the_digest_changes_with_a_suite_and_with_nothing_else(tmp_path: Path) -> None:
    course = load_course(pack(tmp_path))
    before = course.digest
    (tmp_path / "README.md").write_text("beside the pack")
    assert load_course(tmp_path).digest == before
    (tmp_path / "checks" / "m07_x" / "test_x.py").write_text(SUITE + "\n# changed\n")
    assert load_course(tmp_path).digest != before


def test_every_bundled_suite_loads_and_bears_on_known_questions_and_boxes() -> None:
    from grader.exam import load_checklist, load_editions

    course = load_course()
    boxes = {box.id for box in load_checklist(course.reports)}
    questions = {question.number for question in load_editions(course.reports)[0].questions}
    for module in course.modules:
        for check in module.checks:
            assert set(check.spec.boxes) <= boxes, check.id
            assert set(check.spec.questions) <= questions, check.id
            assert check.spec.hint, f"{check.id} has no hint"


def test_a_check_stands_behind_those_that_it_requires(tmp_path: Path) -> None:
    assert [check.name for check in load_course(pack(tmp_path)).modules[0].checks] == ["other", "it_holds"]


def test_checks_that_require_each_other_are_refused(tmp_path: Path) -> None:
    suite = (
        "@check('A', requires=['b'])\ndef test_a(): pass\n@check('B', requires=['a'])\ndef test_b(): pass\n"
    )
    with pytest.raises(CourseError, match="requires itself"):
        load_course(pack(tmp_path, suite))


NOTED = MODULE + '[checks.other]\noften_fails = "Few projects get as far as this."\n'


def test_a_module_says_why_a_check_often_fails(tmp_path: Path) -> None:
    first, second = load_course(pack(tmp_path, module=NOTED)).modules[0].checks
    assert (first.name, first.often_fails) == ("other", "Few projects get as far as this.")
    assert second.often_fails == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "checks.other",
            "checks.another",
            r"module\.toml: \[checks\.another\]: M7 has no check of this name",
        ),
        ("often_fails", "often_failing", r"module\.toml: checks\.other\.often_fail"),
        ("Few projects get as far as this.", "", r"checks\.other\.often_fails: String should have"),
    ],
)
def test_what_a_module_says_of_no_check_is_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=said):
        load_course(pack(tmp_path, module=NOTED.replace(old, new)))
