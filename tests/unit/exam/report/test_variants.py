"""What groups do to a report: each way has been seen, or is one slip of the pen away."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.exam import Edition
from tests.exam_sample import CURRENT, EDITIONS, all_answers, edition, prose, question, quoted, read, report


def answers_of(text: str) -> dict[int, str]:
    return {each.number: each.answer for each in read(text).questions}


def bare(of: Edition, block: Callable[[int, str, str], str]) -> str:
    """A report of nothing but what `block` makes of each number, prompt and answer."""
    answers = all_answers(of)
    return "\n\n".join(block(each.number, each.prompt, answers[each.number]) for each in of.questions)


WHOLE = {
    "prompts deleted": lambda n, prompt, answer: f"### Question {n}\n\n{answer}",
    "prompts unquoted": lambda n, prompt, answer: f"### Question {n}\n\n**{prompt}**\n\nAnswer:\n\n{answer}",
    "prompts unquoted, no mark": lambda n, prompt, answer: f"### Question {n}\n\n{prompt}\n\n{answer}",
    "answers on the line of the mark": lambda n, prompt, answer: (
        f"### Question {n}\n\n> **{prompt}**\n>\n> Answer: {answer}\n\n--- question {n} fill here ---"
    ),
    "answers in the quote": lambda n, prompt, answer: (
        f"### Question {n}\n\n> **{prompt}**\n>\n> Answer:\n>\n> {answer}\n\n--- question {n} fill here ---"
    ),
    "answers between dashes": lambda n, prompt, answer: (
        f"### Question {n}\n\n{quoted(prompt)}\n\n--- {answer} ---"
    ),
    "dashes on their own lines": lambda n, prompt, answer: (
        f"### Question {n}\n\n{quoted(prompt)}\n\n---\n\n{answer}\n\n---"
    ),
    "placeholders kept below": lambda n, prompt, answer: (
        f"### Question {n}\n\n{quoted(prompt)}\n\n{answer}\n\n--- question {n} fill here ---"
    ),
    "underlined headings": lambda n, prompt, answer: (
        f"Question {n}\n----------\n\n{quoted(prompt)}\n\n{answer}"
    ),
    "underlined titles": lambda n, prompt, answer: f"Question {n}: it\n=====\n\n{quoted(prompt)}\n\n{answer}",
    "bold headings": lambda n, prompt, answer: f"**Question {n}**\n\n{quoted(prompt)}\n\n{answer}",
    "bold headings with titles": lambda n, prompt, answer: (
        f"__Question {n}: it__\n\n{quoted(prompt)}\n\n{answer}"
    ),
    "bold headings, prompts deleted": lambda n, prompt, answer: f"**Question {n}**\n\n{answer}",
    "plain headings": lambda n, prompt, answer: f"Question {n}:\n\n{quoted(prompt)}\n\n{answer}",
    "html headings": lambda n, prompt, answer: f"<h3>Question {n}</h3>\n\n{quoted(prompt)}\n\n{answer}",
    "folded": lambda n, prompt, answer: (
        f"<details>\n<summary>Question {n}</summary>\n\n{quoted(prompt)}\n\n{answer}\n\n</details>"
    ),
    "Q1": lambda n, prompt, answer: f"## Q{n}\n\n{quoted(prompt)}\n\n{answer}",
    "Danish": lambda n, prompt, answer: f"### Spørgsmål {n}\n\n{quoted(prompt)}\n\n{answer}",
    "numbers alone": lambda n, prompt, answer: f"### {n}.\n\n{quoted(prompt)}\n\n{answer}",
    "marks in Danish": lambda n, prompt, answer: (
        f"### Question {n}\n\n> **{prompt}**\n>\n> Svar:\n\n{answer}"
    ),
    "heading with the prompt": lambda n, prompt, answer: f"### Question {n}: {prompt}\n\n{answer}",
    "no headings": lambda n, prompt, answer: f"> **{prompt}**\n>\n> Answer:\n\n{answer}",
    "prompts as headings": lambda n, prompt, answer: f"### {prompt}\n\n{answer}",
    "numbered prompts": lambda n, prompt, answer: f"{n}. **{prompt}**\n\n{answer}",
    "mark as a heading": lambda n, prompt, answer: (
        f"### Question {n}\n\n> **{prompt}**\n\n#### Answer\n\n{answer}"
    ),
    "mark in bold without colon": lambda n, prompt, answer: (
        f"### Question {n}\n\n> **{prompt}**\n\n**Answer**\n\n{answer}"
    ),
    "prompts joined by a formatter": lambda n, prompt, answer: (
        f"### Question {n}\n\n> **{prompt[:30]}** > **{prompt[30:]}**\n>\n> Example:\n> _We used_ > _it for ..._\n>\n> Answer:\n\n---\n\n{answer}\n\n---"
    ),
    "quotes in quotes": lambda n, prompt, answer: (
        f"### Question {n}\n\n> > **{prompt}**\n> >\n> > Answer:\n\n{answer}"
    ),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("of", [CURRENT, edition("E2-2023b-2024")], ids=["31", "27"])
def test_the_whole_report_in_another_form(of: Edition, name: str) -> None:
    found = answers_of(bare(of, WHOLE[name]))
    expected = {
        number: answer
        + ("\n\n</details>\n\n<details>" if name == "folded" and number < len(of.questions) else "")
        for number, answer in all_answers(of).items()
    }
    if name == "folded":
        expected = {number: answer.partition("\n")[0] for number, answer in expected.items()}
        found = {number: answer.partition("\n")[0] for number, answer in found.items()}
    assert found == expected


@pytest.mark.parametrize("of", EDITIONS, ids=lambda each: each.id)
def test_headings_deleted_here_and_there(of: Edition) -> None:
    text = report(all_answers(of), of)
    for number in (4, 9, 17):
        text = text.replace(f"### Question {number}\n", "")
    parsed = read(text)
    assert (parsed.edition, {each.number: each.answer for each in parsed.questions}) == (
        of.id,
        all_answers(of),
    )


# ---- unanswered


REWORDED = "> **Tell us about how you kept track of what you have installed, please**"


@pytest.mark.parametrize(
    "block",
    [
        REWORDED,
        f"{REWORDED}\n>\n> Recommended answer length: 100-200 words.",
        f"{REWORDED}\n\n--- question 4 fill here ---",
        f"{REWORDED}\n>\n> Answer:",
        "> How did you manage the dependencies of your project, and how does a new team member get your environment?",
        "> Explain how the dependencies in your project were managed.\n> Explain what process a new team member would go through.",
        "> **Explain how you managed dependencies**\n>\n> Example:\n> _We used ... for managing_ > _our dependencies._",
        "> **Explain how you managed dependencies**\n>\n> *We used ... for managing our dependencies*",
        "> **Explain how you managed dependencies**\n>\n> Svar:",
    ],
)  # fmt: skip
def test_a_prompt_in_other_words_is_no_answer(block: str) -> None:
    assert not question(read(report(blocks={4: block})), 4).answered
    assert question(read(report(blocks={4: f"{block}\n\nWith uv alone."})), 4).answer == "With uv alone."


@pytest.mark.parametrize(
    "block",
    [
        "> Everything is locked.",
        "> **Explain how you managed dependencies**\n>\n> Everything is locked.",
        "> **Explain how you managed dependencies**\n> *Everything is locked.*",
        "Everything is locked.",
    ],
)
def test_an_answer_in_place_of_the_prompt_is_kept(block: str) -> None:
    assert "Everything is locked." in question(read(report(blocks={4: block})), 4).answer


@pytest.mark.parametrize(
    "note", ["TODO", "TBD", "**To do**", "--- fill in here ---", "--- question4 fill here ---", "..."]
)
def test_a_note_to_write_the_answer_is_none(note: str) -> None:
    assert not question(read(report({4: note})), 4).answered


@pytest.mark.parametrize("answer", ["No", "N/A", "-1", "36", "None of it", "To do it, we used uv"])
def test_a_short_answer_is_one(answer: str) -> None:
    assert question(read(report({4: answer})), 4).answered


# ---- headings in comments


def test_headings_in_comments_are_none() -> None:
    answer = "With uv.\n\n<!--\n### Question 12\n\nan old text\n-->\n\nAnd pip."
    parsed = read(report({4: answer, 12: "With Hydra."}))
    assert (question(parsed, 4).answer, question(parsed, 12).answer) == (answer, "With Hydra.")
    assert parsed.problems == ()


def test_a_question_that_was_commented_out_is_named_and_no_part_of_another() -> None:
    text = report({4: "With uv.", 6: "With ruff."})
    start, end = text.index("### Question 5\n"), text.index("### Question 6\n")
    parsed = read(f"{text[:start]}<!--\n{text[start:end]}-->\n\n{text[end:]}")
    assert (question(parsed, 4).answer, question(parsed, 6).answer) == ("With uv.", "With ruff.")
    assert not question(parsed, 5).answered
    assert any("Question 5 stands in an HTML comment" in problem for problem in parsed.problems)


def test_a_comment_that_was_never_closed_hides_no_question() -> None:
    answers = all_answers() | {
        4: "We <!-- did it\n\nso.",
        9: "a --> b",
        11: "`<!--` opens a comment",
        12: "-->",
    }
    parsed = read(report(answers))
    assert {each.number: each.answer for each in parsed.questions} == answers
    assert any("comment before question 5" in problem for problem in parsed.problems)


# ---- headings in answers


@pytest.mark.parametrize(
    "mention", ["**Question 4**", "Question 4:", "### Q4", "Question 4\n---", "<b>Question 4</b>"]
)
def test_a_mention_of_another_question_is_text(mention: str) -> None:
    answer = f"As we said in\n\n{mention}\n\nwe use uv."
    assert answers_of(report(all_answers() | {13: answer})) == all_answers() | {13: answer}


@pytest.mark.parametrize("other", [4, 20])
def test_a_heading_out_of_order_is_text_even_without_prompts(other: int) -> None:
    answers = all_answers() | {13: f"As in\n\n### Question {other}\n\nso here."}
    assert answers_of("\n\n".join(f"### Question {n}\n\n{a}" for n, a in answers.items())) == answers


def test_sections_whose_questions_are_gone_belong_to_no_answer() -> None:
    text = report({22: "With Vertex.", 27: "Nothing."})
    start, end = text.index("### Question 23\n"), text.index("## Overall discussion")
    assert question(read(text[:start] + text[end:]), 22).answer == "With Vertex."


def test_an_underlined_section_ends_an_answer() -> None:
    text = report({22: "With Vertex."}).replace("## Deployment", "Deployment\n----------")
    assert question(read(text), 22).answer == "With Vertex."


def test_another_editions_section_is_a_heading_like_any_other() -> None:
    older = edition("E2-2023b-2024")
    assert question(read(report({21: "![a](b.png)\n\n## Deployment"}, older)), 21).answer.endswith(
        "## Deployment"
    )


# ---- content of answers

CONTENT = {
    "table": "| tool | why |\n|------|:---:|\n| uv | fast |",
    "latex": "$$\n\\mathcal{L} = -\\sum_i y_i \\log p_i\n$$\n\nwith $p_i > 0$ and \\$5",
    "code": "```python\n# ### Question 5\nprint('## x')\n```",
    "nested lists": "- a\n  - b\n    1. c\n\n      ```bash\n      uv sync\n      ```",
    "rule": "one\n\n---\n\ntwo\n\n***\n\nthree",
    "html": "<div align='center'><img src=\"figures/a.png\"/><br><sub>Fig.</sub></div>",
    "quote": "> Said once.\n>\n> Said twice.\n\nand explained",
    "details": "<details><summary>More</summary>\n\n### Deployment\n\nyes\n\n</details>",
    "headings": "# A\n\n## B\n\n### C\n\n#### Question of taste\n\nE\n=\n\nF\n---\n\ng",
    "mermaid": "```mermaid\ngraph LR\n  a --> b\n  b -- x --> c\n```",
    "footnotes": "yes[^1]\n\n[^1]: no",
    "conflict": "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> main",
}  # fmt: skip


@pytest.mark.parametrize("name", CONTENT)
@pytest.mark.parametrize("number", [4, 22, 31])
def test_markdown_in_an_answer_comes_back_as_written(name: str, number: int) -> None:
    answers = all_answers() | {number: CONTENT[name]}
    parsed = read(report(answers))
    assert {each.number: each.answer for each in parsed.questions} == answers
    assert parsed.edition == CURRENT.id


def test_a_merge_conflict_in_the_report_is_named() -> None:
    parsed = read(report({4: CONTENT["conflict"]}))
    assert [each for each in parsed.problems if "merge conflict" in each]
    assert read(report({4: "Title\n=======\n\n>>>>>>> quoted deeply"})).problems == ()


# ---- images


@pytest.mark.parametrize(
    ("answer", "end", "count"),
    [
        ("![ours][bucket]", "[bucket]: figures/a.png", 1),
        ("![Bucket][]", "[bucket]: figures/a.png", 1),
        ("![bucket] ![the   other]", "[bucket]: figures/a.png\n[The other]: <figures/b.png> 'b'", 2),
        ("![ours][bucket] ![b](b.png)", "[bucket]: figures/a.png", 2),
        ("![ours][nowhere]", "[bucket]: figures/a.png", 0),
        ("[ours][bucket]", "[bucket]: figures/a.png", 0),
        ("`![ours][bucket]`", "[bucket]: figures/a.png", 0),
        ("![ours][bucket]", "", 0),
    ],
)
def test_images_by_name(answer: str, end: str, count: int) -> None:
    found = question(read(f"{report({19: answer})}\n\n{end}\n"), 19)
    assert found.images == count
    assert found.within_limits is (count in (1, 2))


def test_a_question_answered_by_an_image_alone_is_answered() -> None:
    text = report({19: "![][b]", 20: "<img src=a.png>", 21: "![](a.png)"}) + "\n[b]: figures/b.png\n"
    assert [question(read(text), number).answered for number in (19, 20, 21)] == [True, True, True]


def test_where_the_courses_own_tool_counts_other_images_both_are_shown() -> None:
    notes = question(read(report({19: "<img src='a.png'> ![b](b.png)"})), 19).notes
    assert notes == ("The course's own tool counts 1 of 2 images: it knows `![…](…)` only.",)
    assert "in comments too" in question(read(report({19: "<!-- ![b](b.png) -->"})), 19).notes[0]


@pytest.mark.parametrize("answer", ["See [our bucket](figures/b.png)", "check reports/figures/b.png"])
def test_a_picture_that_is_only_linked_is_no_image_and_pointed_out(answer: str) -> None:
    found = question(read(report({19: answer})), 19)
    assert (found.images, found.within_limits, found.answered) == (0, False, True)
    assert "not shown" in found.notes[0]


# ---- lengths


def test_both_word_counts_where_they_differ() -> None:
    answer = f"{prose(100)} | a | b |\n\n![the picture](figures/a.png) `code here` <br> https://example.org"
    found = question(read(report({4: answer})), 4)
    assert (found.words, found.words_rendered) == (len(answer.split()), 102)


# ---- which edition, when parts are gone


@pytest.mark.parametrize("of", EDITIONS, ids=lambda each: each.id)
def test_without_the_checklist_the_prompts_tell_the_edition(of: Edition) -> None:
    parsed = read("\n".join(line for line in report(all_answers(of), of).split("\n") if line[:3] != "* ["))
    # Prompts and limits of these two are the same.
    alike = {"E5-2025b", "E6-2026a"}
    assert parsed.edition == of.id or {parsed.edition, of.id} == alike
    assert {each.number: each.answer for each in parsed.questions} == all_answers(of)


@pytest.mark.parametrize("of", EDITIONS, ids=lambda each: each.id)
@pytest.mark.parametrize("half", ["first", "last"])
def test_half_a_report_has_the_right_numbers(of: Edition, half: str) -> None:
    start, mark, end = report(all_answers(of), of).partition("### Question 15\n")
    parsed = read(start if half == "first" else mark + end)
    assert len(parsed.questions) == len(of.questions)
    kept = {each.number: each.answer for each in parsed.questions if each.answered}
    wanted = {n: answer for n, answer in all_answers(of).items() if (n < 15) is (half == "first")}
    assert kept == wanted


def test_an_older_template_in_a_later_year_is_read_as_what_it_is() -> None:
    older = edition("E2-2023b-2024")
    text = report(all_answers(older), older).replace("---\nlayout: default\nnav_exclude: true\n---\n", "")
    parsed = read(text)
    assert (parsed.edition, len(parsed.questions)) == ("E3-2024b", 27)
    assert question(parsed, 22).current_number == 24
