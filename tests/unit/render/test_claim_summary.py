"""What the report and the checklist claim, and how it stands: in every output, worst first, and honest about what is open."""

import csv
import io
from typing import Any, get_args

import pytest
from rich.console import Console

from grader.render import claim_summary as standing
from grader.render import labels as words
from grader.render import print_result, render_csv, render_html, render_index, render_markdown
from grader.results import (
    Box,
    BoxVerdict,
    Claim,
    ClaimKind,
    ClaimVerdict,
    EvidenceRecord,
    Exam,
    Question,
    Result,
)
from tests.html_page import Page
from tests.places import REPORTS
from tests.render_sample import HOSTILE, clean_result, hostile_result, rich_result


def page(result: Result) -> Page:
    return Page(render_html(result, reports=REPORTS))


def flat(text: str) -> str:
    return " ".join(text.split())


def claim(verdict: str, text: str = "We use it.", kind: ClaimKind = "tool_used", **more: object) -> Claim:
    return Claim(text=text, kind=kind, verdict=ClaimVerdict(verdict), **more)  # type: ignore[arg-type]


def with_claims(*claims: Claim, base: Result | None = None) -> Result:
    question = Question(
        number=4,
        current_number=4,
        section="Coding environment",
        topic="dependencies",
        answered=True,
        answer="We use it.",
        claims=claims,
    )
    exam = Exam(edition="2026", report_path="reports/README.md", questions=(question,))
    return (base or clean_result()).model_copy(update={"exam": exam})


def box(
    name: str, claimed: bool | None, verdict: str, *, section: str = "Week 1", claimed_in: str = ""
) -> Box:
    return Box(
        id=name,
        label=f"Do {name}",
        section=section,
        claimed=claimed,
        claimed_in=claimed_in,
        verdict=BoxVerdict(verdict),
        why=f"Because of {name}.",
    )


def with_boxes(*boxes: Box, base: Result | None = None) -> Result:
    return (base or clean_result()).model_copy(update={"checklist": boxes})


BOXES = (
    box("w1-01", True, "supported"),
    box("w1-02", True, "unsupported"),
    box("w2-01", False, "supported", section="Week 2"),
    box("w2-02", True, "undetermined", section="Week 2"),
    box("w2-03", False, "undetermined", section="Week 2"),
    box("w2-04", False, "unsupported", section="Week 2"),
    box("w3-01", None, "supported", section="Week 3"),
    box("w3-02", None, "unsupported", section="Week 3"),
)


def grouped(result: Result) -> dict[str, list[str]]:
    return {
        group.name: [member.id for _, members in group.sections for member in members]
        for group in standing.box_groups(result)
    }


class TestClaims:
    def test_contradicted_comes_first_then_open_then_borne_out(self) -> None:
        result = with_claims(
            claim("supported", "First."), claim("undetermined", "Second."), claim("contradicted", "Third.")
        )
        text = page(result).text
        held = text[text.index("What it claims, and what the repository shows") :]
        assert held.index("Third.") < held.index("Second.") < held.index("First.")

    def test_each_shows_kind_claimed_found_why_and_where(self) -> None:
        result = with_claims(
            claim(
                "contradicted",
                "The coverage is 93%.",
                "coverage_percent",
                claimed=93.0,
                found=61.33,
                why="`pytest` covers less.",
                evidence=(EvidenceRecord(path="tests/test_model.py", line=9, text="def test_model():"),),
            ),
            base=rich_result(provenance="official"),
        )
        found = page(result)
        text = flat(found.text)
        for part in (
            "contradicted Code coverage", "Claimed 93 %", "Found 61.33 %", "Why pytest covers less.",
            "tests/test_model.py:9", "def test_model():",
        ):  # fmt: skip
            assert part in text
        commit = result.submission.commit
        assert (
            f"https://github.com/example/corrupt-mnist/blob/{commit}/tests/test_model.py#L9"
            in found.values("href")
        )

    def test_what_was_not_looked_up_is_not_said_to_be_missing(self) -> None:
        text = flat(page(with_claims(claim("undetermined", claimed="Locust", why="It is run by hand."))).text)
        assert "Claimed Locust Why It is run by hand." in text
        missing = flat(page(with_claims(claim("contradicted", claimed="docs/x.md", kind="file"))).text)
        assert "Claimed docs/x.md Found nothing" in missing

    def test_many_borne_out_are_folded_and_contradicted_never(self) -> None:
        many = [claim("supported", f"Sentence {n}.") for n in range(20)]
        many += [claim("contradicted", f"False {n}.") for n in range(20)]
        exam = with_claims(*many).exam
        assert exam is not None
        question = exam.questions[0]
        groups = {group.verdict.value: group.folded for group in standing.claim_groups(question)}
        assert groups == {"contradicted": False, "supported": True}
        assert "20 claims borne out" in flat(page(with_claims(*many)).text)

    def test_every_claim_is_shown_once_in_its_question(self) -> None:
        verdicts = ["supported", "contradicted", "undetermined"] * 13
        claims = [claim(verdict, f"Sentence number {n}.") for n, verdict in enumerate(verdicts)]
        found = page(with_claims(*claims))
        anchors = [name for name in found.values("id") if name.startswith("claim-")]
        assert sorted(anchors) == sorted(f"claim-4-{n}" for n in range(1, 40))

    def test_every_kind_has_plain_words(self) -> None:
        assert set(words.KINDS) == set(get_args(ClaimKind))
        assert len(set(words.KINDS.values())) == len(words.KINDS)

    @pytest.mark.parametrize(
        ("value", "said"), [([], "nothing"), (["a", "b"], "a, b"), (0, "0 %"), (True, "yes"), ("", "nothing")]
    )
    def test_any_value_is_said_in_words(
        self, value: bool | int | list[Any] | list[str] | str, said: str
    ) -> None:
        assert words.found(claim("supported", kind="coverage_percent", found=value)) == said

    def test_both_counts_of_words_show_where_they_differ(self) -> None:
        text = flat(page(rich_result()).text)
        assert "64 words of 50–100 as the course counts, 52 as rendered" in text
        assert "16 words of 100–200 outside limits" in text


class TestBoxes:
    def test_groups_are_told_apart(self) -> None:
        assert grouped(with_boxes(*BOXES)) == {
            "fallen": ["w1-02"],
            "forgotten": ["w2-01"],
            "open": ["w2-02"],
            "stands": ["w1-01"],
            "left": ["w2-04"],
            "idle": ["w2-03"],
            "found": ["w3-01"],
            "absent": ["w3-02"],
        }

    @pytest.mark.parametrize("claimed", [True, False, None])
    @pytest.mark.parametrize("verdict", list(BoxVerdict))
    def test_every_box_is_in_exactly_one_group(self, claimed: bool | None, verdict: str) -> None:
        for others in ((), (box("other", True, "supported"),)):
            result = with_boxes(box("one", claimed, verdict), *others)
            members = [name for names in grouped(result).values() for name in names]
            assert sorted(members) == sorted(["one", *("other" for _ in others)])

    def test_sections_keep_their_order_within_a_group(self) -> None:
        boxes = [
            box(f"{week}-{number}", True, "unsupported", section=f"Week {week}")
            for week in (1, 2, 3)
            for number in (1, 2)
        ]
        [group] = standing.box_groups(with_boxes(*boxes))
        assert [(name, [one.id for one in members]) for name, members in group.sections] == [
            ("Week 1", ["1-1", "1-2"]),
            ("Week 2", ["2-1", "2-2"]),
            ("Week 3", ["3-1", "3-2"]),
        ]

    def test_claimed_found_and_why_are_shown(self) -> None:
        text = flat(page(with_boxes(*BOXES)).text)
        assert "w1-02 Do w1-02 ticked not borne out Because of w1-02." in text
        assert "w2-01 Do w2-01 not ticked borne out Because of w2-01." in text

    def test_the_file_of_the_list_is_named_where_there_is_no_report(self) -> None:
        boxes = [box(f"w1-{n}", True, "supported", claimed_in="docs/plan.md") for n in range(3)]
        text = flat(page(with_boxes(*boxes, base=clean_result())).text)
        assert "There is no exam report. The ticks are those of docs/plan.md." in text
        assert "ticked in docs/plan.md" in text

    def test_boxes_of_a_second_list_are_named_beside_those_of_the_report(self) -> None:
        boxes = (box("w1-1", True, "supported"), box("w1-2", False, "supported", claimed_in="README.md"))
        text = flat(page(with_boxes(*boxes, base=with_claims())).text)
        assert "The ticks are those of the exam report, reports/README.md." in text
        assert "1 box that the report's own list lacks is from README.md." in text

    def test_without_any_list_nobody_is_said_to_claim_anything(self) -> None:
        boxes = (
            box("w1-1", None, "supported"),
            box("w1-2", None, "unsupported"),
            box("w1-3", None, "undetermined"),
        )
        result = with_boxes(*boxes)
        text = flat(page(result).text)
        assert "The repository has no checklist" in text
        assert "Ticked, but not borne out" not in text
        assert standing.ticks(result) is None
        assert {group.name: group.folded for group in standing.box_groups(result)} == {
            "open": False,
            "found": False,
            "absent": False,
        }


class TestFigures:
    """The same figures in every output."""

    RESULT = with_boxes(
        *BOXES,
        base=with_claims(
            claim("contradicted", "False."), claim("supported", "True."), claim("supported", "True too."),
            claim("undetermined", "Who knows."),
        ),
    )  # fmt: skip

    def test_in_the_overview_with_links_to_what_falls(self) -> None:
        found = page(self.RESULT)
        text = flat(found.text)
        assert "4 claims of the exam report 2 borne out 1 contradicted 1 open" in text
        assert "3 ticked boxes of the checklist 1 borne out 1 not borne out 1 open" in text
        assert {"#falls", "#claim-4-1", "#boxes-fallen", "#box-w1-02", "#boxes-forgotten"} <= set(
            found.values("href")
        )

    def test_in_the_terminal_and_in_markdown(self) -> None:
        out = io.StringIO()
        print_result(self.RESULT, Console(file=out, width=200))
        for text in (out.getvalue(), render_markdown(self.RESULT)):
            assert "4 claims of the exam report: 2 borne out, 1 contradicted, 1 open" in text
            assert "3 ticked boxes: 1 borne out, 1 not borne out, 1 open; 1 more could be ticked" in text
            assert "Ticked, but not borne out" in text
            assert "Because of w1" in text

    def test_in_the_grades_of_a_class(self) -> None:
        rows = list(csv.DictReader(io.StringIO(render_csv([self.RESULT, clean_result()], reports=REPORTS))))
        names = [name for name in rows[0] if name.startswith(("claims_", "ticks_"))]
        assert [rows[0][name] for name in names] == ["2", "1", "1", "1", "1", "1", "1"]
        assert [rows[1][name] for name in names] == [""] * 7

    def test_in_the_overview_of_a_class(self) -> None:
        only_boxes = with_boxes(*BOXES)
        found = Page(render_index([self.RESULT, only_boxes, clean_result()], reports=REPORTS))
        text = flat(found.text)
        table = text[text.index("Claims and ticks What") : text.index("Repositories From")]
        assert "group-01 2 1 1 1 1 1 1 group-01 no exam report 1 1 1 1" in table
        assert table.count("group-01") == 2
        assert "submissions/group-01/report.html#boxes-fallen" in found.values("href")

    def test_nothing_is_said_where_nothing_is_claimed(self) -> None:
        out = io.StringIO()
        print_result(clean_result(), Console(file=out, width=200))
        for text in (
            out.getvalue(),
            render_markdown(clean_result()),
            page(clean_result()).text,
        ):
            assert "claim" not in text.lower()
            assert "ticked" not in text.lower()
        assert "Claims and ticks" not in Page(render_index([clean_result()], reports=REPORTS)).text


def test_many_falls_are_folded_in_the_list_and_cut_in_the_terminal() -> None:
    boxes = [box(f"w1-{n:02}", True, "unsupported") for n in range(30)]
    result = with_boxes(*boxes, base=with_claims(*[claim("contradicted", f"False {n}.") for n in range(30)]))
    assert "50 more that are not borne out" in flat(page(result).text)
    out = io.StringIO()
    print_result(result, Console(file=out, width=200))
    assert "20 more boxes: see the report" in out.getvalue()


def test_a_submission_s_text_stays_text_in_claims_and_boxes() -> None:
    html = render_html(hostile_result(), reports=REPORTS)
    found = Page(html)
    assert "claim-7-1" in found.values("id")
    assert "<script" not in html
    assert found.text.count("{{ 7*7 }}") > HOSTILE.count("{{ 7*7 }}")
    markdown = render_markdown(hostile_result())
    assert "Ticked, but not borne out" in markdown
    assert not [line for line in markdown.splitlines() if line.startswith(("=cmd", "##[", "::"))]
