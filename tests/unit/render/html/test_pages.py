"""The report and the class overview as HTML: what is in them, and what cannot be."""

import base64
import hashlib
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from grader.errors import CourseError
from grader.render import Ungraded, render_html, render_index
from grader.render.html.report_page import MAX_REPORT_BYTES
from grader.results import CheckResult, EvidenceRecord, HistoryFigures, Question, Result, Verdict
from tests.html_page import Page
from tests.places import REPORTS
from tests.render_sample import HOSTILE, clean_result, hostile_result, module, rich_result


def page(result: Any) -> Page:
    return Page(render_html(result, reports=REPORTS))


@pytest.fixture(params=[rich_result, clean_result, hostile_result])
def any_result(request: pytest.FixtureRequest) -> Any:
    return request.param()


def test_tags_end_ids_are_unique_and_jumps_arrive(any_result: Result) -> None:
    found = page(any_result)
    assert found.wrong == []
    assert found.unclosed == []
    ids = found.values("id")
    targets = [
        href[1:] for href in found.values("href") if href.startswith("#") and not href.startswith("#i-")
    ]
    assert len(ids) == len(set(ids))
    assert set(targets) <= set(ids)


def test_nothing_runs_loads_or_is_sent(any_result: Result) -> None:
    found = page(any_result)
    assert not {"script", "img", "iframe", "object", "embed", "link", "form", "base", "video", "audio"} & {
        tag for tag, _ in found.tags
    }
    assert not [
        name
        for _, attributes in found.tags
        for name in attributes
        if name.startswith("on") or name in {"style", "src"}
    ]
    assert all(href.startswith(("#", "https://", "http://", "mailto:")) for href in found.values("href"))


def test_the_browser_is_told_to_allow_our_style_and_nothing_else(any_result: Result) -> None:
    html = render_html(any_result, reports=REPORTS)
    style = html.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert found is not None
    policy = found[1].replace("&#39;", "'")
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert html.count("<style") == 1


def test_a_submission_cannot_add_an_element_or_hide_a_character() -> None:
    html = render_html(hostile_result(), reports=REPORTS)
    honest = render_html(rich_result(), reports=REPORTS)
    assert "<script" not in html
    assert "{{ 7*7 }}" in Page(html).text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]", html)
    assert html.count("</style>") == honest.count("</style>") == 1
    assert "‹U+202E›" in html


def test_what_to_do_next_comes_first_and_the_most_valuable_first() -> None:
    text = page(rich_result()).text
    next_steps = text[
        text.index("What to do next", text.index("things broken")) : text.index("Module by module")
    ]
    order = [
        next_steps.index(title)
        for title in ("The training script trains", "The tests notice when", "Every image starts")
    ]
    assert order == sorted(order)
    assert "+3 points" in next_steps
    assert "Let the number of epochs be an argument" in next_steps
    assert "src/corrupt_mnist/train.py:41" in next_steps
    assert "A workflow builds the images" not in next_steps  # blocked: what it waits for is on the list
    assert "The application answers a request" not in next_steps  # the grader's fault


def test_code_in_the_title_of_a_check_is_shown_as_code() -> None:
    named = rich_result().model_dump_json().replace("Every image starts", "Every `FROM` starts")
    html = render_html(Result.model_validate_json(named), reports=REPORTS)
    seen = re.sub(r'<span class="visually-hidden">[^<]*</span>|="[^"]*"', "", html)
    assert seen.count("Every <code>FROM</code> starts") >= 3  # what to do next, its question, its module
    assert "`FROM`" not in seen


def test_who_ran_it_and_how_is_said() -> None:
    own = page(rich_result()).text
    assert "Unverified: made by the student's own run" in own
    assert "Ran without isolation" in own
    assert "With uncommitted changes" in own
    official = page(clean_result()).text
    assert "Official run" in official
    assert "Nothing is broken" in official
    assert "Unverified" not in official
    assert "Ran without isolation" not in official


def test_places_link_to_the_graded_commit_where_the_forge_has_it() -> None:
    result = rich_result(provenance="official")
    links = page(result).values("href")
    commit = result.submission.commit
    assert f"https://github.com/example/corrupt-mnist/blob/{commit}/dockerfiles/train.dockerfile#L1" in links
    assert not [
        href for href in page(rich_result()).values("href") if "/blob/" in href
    ]  # a dirty tree is on no forge


def test_answers_claims_and_measurements_are_shown() -> None:
    text = page(rich_result()).text
    for part in (
        "64 words", "of 50–100", "contradicted", "12 test functions are in tests/",
        "self-reported", "61.33%", "Question 30 could not be read", "question 16 of the current edition", "not answered",
        "no work found: looked for hydra", "seed", "sha256:ab", "person a", "memory bytes",
    ):  # fmt: skip
        assert part.lower() in text.lower()


def test_a_check_names_questions_as_the_report_counts_them() -> None:
    found = page(rich_result())
    assert "Bears on question 15, box w1-12" in " ".join(found.text.split())


def test_what_needs_attention_comes_first_within_a_module() -> None:
    text = page(rich_result()).text
    details = text[text.index("Module by module") :]
    assert details.index("The tests notice when the model is broken") < details.index(
        "The tests cover the package"
    )


def test_a_message_that_only_repeats_its_evidence_is_shown_once() -> None:
    evidence = (
        EvidenceRecord(path="Dockerfile", line=1, text="no tag"),
        EvidenceRecord(path="b/Dockerfile", line=7, text="no tag"),
    )
    check = CheckResult(
        id="M10.pinned", title="Pinned", verdict=Verdict.failed, points=0, max_points=1, evidence=evidence,
        message="Dockerfile:1: no tag\nb/Dockerfile:7: no tag",
    )  # fmt: skip
    only = clean_result().model_copy(
        update={"modules": (module("M10", "Docker", "S3", rich_result().modules[4].verdict, (check,)),)}
    )
    text = page(only).text
    assert text.count("b/Dockerfile:7") == 2  # once in what to do next, once in the module
    other = check.model_copy(update={"message": "Two images have no tag."})
    only = only.model_copy(update={"modules": (only.modules[0].model_copy(update={"checks": (other,)}),)})
    assert page(only).text.count("Two images have no tag.") == 2


@pytest.mark.parametrize(("verdict", "shown"), [(Verdict.failed, 1), (Verdict.passed, 0)])
def test_why_many_fail_a_check_stands_under_its_hint(verdict: Verdict, shown: int) -> None:
    check = CheckResult(
        id="M10.pinned", title="Pinned", verdict=verdict, points=0, max_points=1, often_fails="Few <b>get</b> so far."
    )  # fmt: skip
    checked = module("M10", "Docker", "S3", rich_result().modules[4].verdict, (check,))
    only = page(clean_result().model_copy(update={"modules": (checked,)}))
    assert only.text.count("Few <b>get</b> so far.") == shown


def test_the_same_result_gives_the_same_bytes(any_result: Result) -> None:
    assert render_html(any_result, reports=REPORTS) == render_html(any_result, reports=REPORTS)


def test_a_result_that_is_too_large_is_shortened_and_says_so() -> None:
    evidence = tuple(EvidenceRecord(path=f"src/{number}.py", line=1, text="<" * 2000) for number in range(20))
    checks = tuple(
        CheckResult(
            id=f"M1.c{number}",
            title="Too much",
            verdict=Verdict.failed,
            points=0,
            max_points=1,
            message="&" * 4000,
            evidence=evidence,
        )
        for number in range(150)
    )
    modules = (module("M1", "Much", "S1", rich_result().modules[4].verdict, checks),)
    html = render_html(rich_result().model_copy(update={"modules": modules}), reports=REPORTS)
    assert len(html.encode()) <= MAX_REPORT_BYTES
    assert "Shortened." in html
    assert "more places not shown here" in html


def test_a_long_answer_is_cut_and_says_so() -> None:
    result = rich_result()
    assert result.exam is not None
    long = Question(
        number=1, current_number=1, section="S", topic="T", answered=True, answer="word " * 100_000
    )
    html = render_html(
        result.model_copy(update={"exam": result.exam.model_copy(update={"questions": (long,)})}),
        reports=REPORTS,
    )
    assert "… (cut)" in html
    assert len(html) < 200_000


@pytest.mark.parametrize(
    "history",
    [
        HistoryFigures(activity_start="nonsense", activity=((0,) * 23 + (5,),)),
        HistoryFigures(activity_start="9999-12-30", activity=((1,) * 24,) * 10),
        HistoryFigures(activity_start="2020-01-01", activity=((1,) * 24,) * 4000),
        HistoryFigures(activity_start="", activity=((), (1,), (-3,) * 30)),
    ],
)
def test_any_history_can_be_drawn(history: Any) -> None:
    found = page(rich_result().model_copy(update={"history": history}))
    assert found.wrong == []
    assert "Commits by day and hour" in found.text


def test_a_pack_without_templates_has_the_whole_report_of_the_engine(tmp_path: Path) -> None:
    shutil.copy(REPORTS / "overview.toml", tmp_path)
    assert render_html(rich_result(), reports=tmp_path) == render_html(rich_result(), reports=REPORTS)
    assert render_index([rich_result()], reports=tmp_path) == render_index([rich_result()], reports=REPORTS)


def test_a_pack_replaces_a_template_and_the_stylesheet(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "_next.html").write_text("<p>Ask in room 4.</p>")
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "report.css").write_text("p { color: rebeccapurple }")
    html = render_html(rich_result(), reports=tmp_path)
    assert "Ask in room 4." in html
    assert "rebeccapurple" in html
    assert "Commits by day and hour" in Page(html).text


def test_a_stylesheet_that_loads_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "report.css").write_text("p { background: url(https://evil.example) }")
    with pytest.raises(CourseError, match="loads something"):
        render_html(rich_result(), reports=tmp_path)


def test_a_stylesheet_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "report.css").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(CourseError, match="cannot be read"):
        render_html(rich_result(), reports=tmp_path)


def test_a_template_that_includes_a_missing_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "_next.html").write_text('{% include "_gone.html" %}')
    with pytest.raises(CourseError, match=r"_gone\.html is missing"):
        render_html(rich_result(), reports=tmp_path)


def test_a_template_with_a_misspelt_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "_how.html").write_text("{{ result.no_such_thing }}")
    with pytest.raises(CourseError, match="no_such_thing"):
        render_html(rich_result(), reports=tmp_path)


class TestIndex:
    def test_a_row_a_submission_with_a_link_to_its_report(self) -> None:
        html = render_index([rich_result(), clean_result()], reports=REPORTS)
        found = Page(html)
        assert {"submissions/group-07/report.html", "submissions/group-01/report.html"} <= set(
            found.values("href")
        )
        assert "3 things broken" in found.text
        assert "graded in part" in found.text
        assert found.wrong == []

    def test_modules_are_counted_over_the_class_in_the_course_s_order(self) -> None:
        text = Page(render_index([clean_result(), rich_result(), rich_result(id="b")], reports=REPORTS)).text
        classwide = text[text.index("Modules across the class") :]
        order = [classwide.index(name) for name in ("M1 ", "M2 ", "M10 ", "M22 ")]
        assert order == sorted(order)
        assert "100 % passed" in classwide

    def test_what_could_not_be_graded_is_named_with_its_reason(self) -> None:
        ungraded = [Ungraded(id="group-99", source=HOSTILE, reason="The repository is private.")]
        html = render_index([], reports=REPORTS, ungraded=ungraded)
        assert "The repository is private." in html
        assert "<script>alert" not in html
        assert html.count("<script") == html.count("</script") == 1

    def test_an_id_cannot_leave_its_folder(self) -> None:
        found = Page(render_index([rich_result(id="../../x?y#z<script>")], reports=REPORTS))
        assert "submissions/..%2F..%2Fx%3Fy%23z%3Cscript%3E/report.html" in found.values("href")
