"""Reading reports: a template-like one is written from the course's data and broken as students do."""

from __future__ import annotations

import pytest

from grader.exam import Edition, read_report
from tests.exam_sample import CURRENT, EDITIONS, all_answers, edition, prose, question, quoted, read, report

# ---- the template and whole reports


@pytest.mark.parametrize("of", EDITIONS, ids=lambda each: each.id)
def test_an_untouched_template_has_no_answer_and_is_recognised(of: Edition) -> None:
    leftovers = {each.number: each.leftover for each in of.questions if each.leftover}
    parsed = read(report(leftovers, of))
    assert parsed.edition == of.id
    assert [each.number for each in parsed.questions if each.answered or each.words] == []
    assert parsed.problems == ()


@pytest.mark.parametrize("of", EDITIONS, ids=lambda each: each.id)
def test_every_answer_comes_back(of: Edition) -> None:
    answers = all_answers(of)
    parsed = read(report(answers, of))
    assert {each.number: each.answer for each in parsed.questions} == answers
    assert all(each.answered for each in parsed.questions)
    assert parsed.problems == ()


def test_questions_of_an_older_edition_carry_todays_numbers() -> None:
    parsed = read(report(all_answers(edition("E2-2023b-2024")), edition("E2-2023b-2024")))
    assert [(q.number, q.current_number) for q in parsed.questions][20:] == [
        (21, 21), (22, 24), (23, 26), (24, 27), (25, 29), (26, 30), (27, 31),
    ]  # fmt: skip


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_endings_and_a_byte_order_mark_change_nothing(ending: str) -> None:
    text = report(all_answers())
    other = read("\ufeff" + text.replace("\n", ending))
    assert [q.answer for q in other.questions] == [q.answer for q in read(text).questions]


def test_prompts_and_checklist_deleted_leaves_the_answers() -> None:
    answers = all_answers()
    text = "\n\n".join(f"## Question {number}\n\n{answer}" for number, answer in answers.items())
    parsed = read(text)
    assert parsed.edition == CURRENT.id
    assert {each.number: each.answer for each in parsed.questions} == answers


@pytest.mark.parametrize(
    "text", ["", "\n", "Nothing to see here.", "# A readme\n\nwith text", "> Answer:\n\nyes"]
)
def test_a_text_without_questions_says_so(text: str) -> None:
    parsed = read(text)
    assert not any(each.answered for each in parsed.questions)
    assert [each.within_limits for each in parsed.questions if each.within_limits] == []
    assert any("No question was found" in problem for problem in parsed.problems)


def test_a_course_without_an_exam_is_named() -> None:
    assert read_report("### Question 1\n\nyes", []).problems != ()


# ---- headings


@pytest.mark.parametrize(
    "heading",
    [
        "# Question {}",
        "###### Question {}",
        "###Question {}",
        "### **Question {}**",
        "### QUESTION: {}",
        "### question #{}",
    ],
)
def test_headings_in_other_spellings(heading: str) -> None:
    answers = all_answers()
    parsed = read(report(answers, heading=heading))
    assert {each.number: each.answer for each in parsed.questions} == answers


@pytest.mark.parametrize("fence", ["```", "~~~~", "```markdown"])
def test_a_heading_in_fenced_code_is_text(fence: str) -> None:
    close = fence.rstrip("markdown")
    answer = f"Before\n\n{fence}\n### Question 9\n\n> Answer:\n\nnot this\n{close}\n\nafter"
    parsed = read(report({7: answer, 9: "the real one"}))
    assert question(parsed, 7).answer == answer
    assert question(parsed, 9).answer == "the real one"
    assert parsed.problems == ()


def test_an_unclosed_fence_hides_no_question() -> None:
    answers = all_answers() | {7: "We ran\n\n```bash\npytest", 12: "So:\n\n```\npython train.py\n```\n\nfine"}
    parsed = read(report(answers))
    assert {each.number: each.answer for each in parsed.questions} == answers
    assert any("fence" in problem and "question 8" in problem for problem in parsed.problems)


def test_headings_inside_an_answer_are_text() -> None:
    answer = "# Big\n\none\n\n## Middle\n\ntwo\n\n### Small\n\nthree ## not a heading\n\n#### Tests\n\nfour"
    parsed = read(report(all_answers() | {5: answer, 31: answer}))
    assert question(parsed, 5).answer == answer
    assert question(parsed, 31).answer == answer


def test_a_section_title_ends_an_answer_only_where_that_section_begins() -> None:
    inside = "We tell it in parts.\n\n## Version control\n\nWith git.\n\n## Deployment\n\nWith Cloud Run."
    parsed = read(report({24: inside, 22: "training\n\n## Deployment"}))
    assert question(parsed, 24).answer == inside
    assert question(parsed, 3).answer == ""
    assert question(parsed, 22).answer == "training\n\n## Deployment"


def test_what_follows_the_last_question_belongs_to_it() -> None:
    text = report({31: "All did everything."}) + "\n## Declaration\n\nNo AI was used.\n"
    assert question(read(text), 31).answer == "All did everything.\n\n## Declaration\n\nNo AI was used."


def test_a_second_heading_inside_an_answer_neither_hides_nor_replaces_the_real_one() -> None:
    answer = "As said in\n\n### Question 4\n\nwe use uv."
    parsed = read(report({4: "With uv.", 13: answer}))
    assert question(parsed, 4).answer == "With uv."
    assert question(parsed, 13).answer == answer
    assert any("question 4" in problem for problem in parsed.problems)


@pytest.mark.parametrize("first", ["", "something"])
def test_of_two_headings_the_one_with_content_counts_and_the_problem_is_named(first: str) -> None:
    filler = first or "--- question 6 fill here ---"
    twice = f"{quoted(CURRENT.questions[5].prompt)}\n\n{filler}\n\n### Question 6\n"
    twice += f"{quoted('again')}\n\nThe other."
    parsed = read(report(blocks={6: twice}))
    assert question(parsed, 6).answer == (first or "The other.")
    assert [problem for problem in parsed.problems if "Question 6 has 2 headings" in problem]


def test_reordered_questions_keep_their_answers() -> None:
    answers = all_answers()
    text = report(answers)
    start, middle, end = (
        text.index("### Question 8"),
        text.index("### Question 9"),
        text.index("### Question 10"),
    )
    parsed = read(text[:start] + text[middle:end] + text[start:middle] + text[end:])
    assert {each.number: each.answer for each in parsed.questions} == answers
    assert any("not in order" in problem for problem in parsed.problems)


def test_a_missing_question_is_named_and_never_within_limits() -> None:
    text = report(all_answers() | {3: "x", 28: "y"})
    for number in (3, 28):
        start = text.index(f"### Question {number}\n")
        end = text.index(f"### Question {number + 1}\n")
        text = text[:start] + text[end:]
    parsed = read(text)
    for number in (3, 28):
        missing = question(parsed, number)
        assert (missing.answered, missing.within_limits, missing.words) == (False, False, 0)
        assert any(f"Question {number} could not be read" in problem for problem in parsed.problems)
    assert parsed.edition == CURRENT.id


def test_a_deleted_heading_is_found_by_its_prompt() -> None:
    answers = all_answers()
    parsed = read(report(answers).replace("### Question 5\n", ""))
    assert {each.number: each.answer for each in parsed.questions} == answers
    assert any("Question 5 has no heading" in problem for problem in parsed.problems)


# ---- prompts and marks


@pytest.mark.parametrize(
    "mark", ["> Answer:", ">Answer:", "> **Answer:**", "> answer :", "Answer:", "> > Answer:"]
)
def test_answer_marks_in_other_spellings(mark: str) -> None:
    assert question(read(report({4: "With uv."}, mark=mark)), 4).answer == "With uv."


def test_an_answer_on_the_line_of_the_mark_counts_and_so_do_the_quoted_lines_below() -> None:
    prompt = quoted(CURRENT.questions[3].prompt, mark="> Answer: We used uv\n> and nothing\n> else.")
    block = f"{prompt}\n\n--- question 4 fill here ---"
    assert question(read(report(blocks={4: block})), 4).answer == "We used uv\nand nothing\nelse."


def test_without_a_mark_the_prompt_is_dropped_and_the_rest_kept() -> None:
    parsed = read(report(all_answers(), mark=""))
    assert {each.number: each.answer for each in parsed.questions} == all_answers()


def test_without_a_mark_a_quoted_answer_is_kept() -> None:
    block = quoted(CURRENT.questions[3].prompt, mark="") + "\n> Nobody needs an environment, said the duck."
    assert (
        question(read(report(blocks={4: block})), 4).answer == "Nobody needs an environment, said the duck."
    )


def test_an_answer_between_prompt_and_mark_is_found() -> None:
    prompt = CURRENT.questions[3].prompt
    block = f"> **{prompt}**\n>\n> Clone it, then run the thing called uv.\n>\n> Answer:\n"
    assert question(read(report(blocks={4: block})), 4).answer == "Clone it, then run the thing called uv."


def test_a_quote_of_the_students_own_stays_as_it_is() -> None:
    answer = "> Make it work, then make it right.\n\nThat was our rule."
    assert question(read(report({30: answer})), 30).answer == answer


def test_the_word_answer_inside_an_answer_is_text() -> None:
    answer = "We asked.\n\nAnswer: no.\n\n> Answer: maybe"
    assert question(read(report({30: answer})), 30).answer == answer


# ---- placeholders, fences of dashes, stray template text


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("--- 36 ---", "36"),
        ("---\n36\n---", "36"),
        ("--- We used uv.\n\nAnd ruff. ---", "We used uv.\n\nAnd ruff."),
        ("--- question 4 fill here ---\n\nWe used uv.", "We used uv."),
        ("We used uv.\n\n--- question 4 fill here ---", "We used uv."),
        ("--- question 4 fill here --- We used uv.", "We used uv."),
        ("We used uv.\n\n---\n\nAnd ruff.", "We used uv.\n\n---\n\nAnd ruff."),
        ("Options: --all -- --- ", "Options: --all --"),
    ],
)
def test_dashes_of_the_placeholder_are_no_words(typed: str, answer: str) -> None:
    found = question(read(report({4: typed})), 4)
    assert (found.answer, found.words) == (answer, len(answer.split()))


@pytest.mark.parametrize(
    "typed",
    ["", "---", "--- ---", "--- question 4 fill here ---", "`--- Question 4 fill here ---`",
     "— question 4 fill here —",
     "<!-- We used uv. -->", "\u200b\u200b \u3164", "...", "--- question 5 fill here ---", "> Answer:"],
)  # fmt: skip
def test_nothing_but_template_or_nothing_visible_is_unanswered(typed: str) -> None:
    assert not question(read(report({4: typed})), 4).answered


def test_stray_template_text_is_no_part_of_an_answer() -> None:
    stray = next(each.leftover for each in edition("E6-2026a").questions if each.leftover)
    assert len(stray.split()) == 33
    wrapped = stray.replace(" ", "\n  ", 7)
    parsed = read(report({31: f"{wrapped}\n\nAll did everything."}, edition("E6-2026a")))
    assert question(parsed, 31).answer == "All did everything."


# ---- lengths and images


def test_words_are_tokens_and_ranges_are_inclusive() -> None:
    for count, within in ((99, False), (100, True), (200, True), (201, False)):
        found = question(read(report({4: prose(count)})), 4)
        assert (found.words, found.words_rendered, found.within_limits) == (count, count, within)
        assert found.word_range == (100, 200)


def test_questions_without_a_rule_have_no_verdict() -> None:
    parsed = read(report({1: "36", 2: "s000001, s000002"}))
    assert [question(parsed, number).within_limits for number in (1, 2)] == [None, None]
    assert question(read(report()), 3).within_limits is True
    assert question(read(report()), 4).within_limits is False


@pytest.mark.parametrize(
    ("padding", "word"),
    [
        ("<!-- " + prose(90, "h") + " -->", "do not show"),
        ("<span hidden>" + prose(90, "h") + "</span>", "do not show"),
        ("<p style='display: none'>" + prose(90, "h") + "</p>", "do not show"),
        (" ".join(["\u200b"] * 90), "do not show"),
        (" ".join(["&#8203;"] * 90), "do not show"),
        ("\n".join(f'[n{i}]: http://a.example "{prose(5)}"' for i in range(20)), "do not show"),
        ("```\n" + prose(90, "c") + "\n```", "prose"),
        ("`" + prose(90, "c") + "`", "prose"),
        (" ".join(f"https://example.org/{i}" for i in range(90)), "prose"),
        ("so it was " * 30, "repeats"),
        (prose(10, "r") + " " + (prose(10, "r") + " ") * 8, "repeats"),
    ],
    ids=[
        "comment",
        "hidden",
        "style",
        "blank",
        "entity",
        "definition",
        "fence",
        "span",
        "links",
        "filler",
        "block",
    ],
)
def test_a_minimum_is_not_met_by_padding(padding: str, word: str) -> None:
    found = question(read(report({4: f"{prose(15)}\n\n{padding}"})), 4)
    assert found.words >= 100
    assert found.within_limits is False
    assert found.words_rendered < 100 or word == "repeats"
    assert any(word in note for note in found.notes), found.notes


def test_an_honest_answer_with_code_and_links_is_within_limits() -> None:
    answer = f"{prose(80)} `uv sync` [the file](https://example.org/a) ![it](figures/a.png) <br>\n"
    answer += f"```\n{prose(30, 'c')}\n```"
    found = question(read(report({4: answer})), 4)
    assert (found.within_limits, found.notes, found.words_rendered) == (True, (), 82)


def test_template_names_in_angle_brackets_hide_nothing() -> None:
    answer = f"we set <title> and `<template>/train.py`, see <https://example.org> {prose(90)}"
    assert question(read(report({4: answer})), 4).notes == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("![a](figures/a.png)", 1),
        ("![a](figures/a.png) ![b](b.png)", 2),
        ("![](figures/a.png)", 1),
        ("![a [b] c](x.png)", 1),
        ('![a](my file.png "title")', 1),
        ("`![a](a.png)`", 1),
        ('<img src="figures/a.png" width="300">', 1),
        ("<IMG width=3 SRC='a.png'/>", 1),
        ("<!-- ![a](a.png) -->", 0),
        ("[this figure](figures/a.png)", 0),
        ("![not] an [image](a.png)", 0),
        ("![a]()", 0),
        ("<img>", 0),
        ("![a](", 0),
    ],
)
def test_images(text: str, count: int) -> None:
    found = question(read(report({19: text})), 19)
    assert found.images == count
    assert found.within_limits is (count in (1, 2))


def test_images_in_code_are_pointed_out() -> None:
    found = question(read(report({19: "`![a](a.png)` and ![b](b.png)"})), 19)
    assert found.notes == ("1 of 2 images stand in code and do not show.",)


def test_the_same_text_twice_is_pointed_out() -> None:
    parsed = read(report({5: prose(120), 6: prose(120)}))
    assert question(parsed, 5).notes == ()
    assert question(parsed, 6).notes == ("The same text as the answer to question 5.",)


def test_a_long_answer_is_cut_but_counted_whole() -> None:
    found = question(read(report({4: "ø " * 30_000 + "![a](a.png)"})), 4)
    assert len(found.answer.encode()) <= 20_000
    assert found.answer.endswith("[… cut by the grader]")
    assert (found.words, found.images) == (30_001, 1)
    assert any("20 kB" in note for note in found.notes)
