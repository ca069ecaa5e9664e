"""Answers as sentences, and what a sentence says of what it names."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.exam import MAX_ANSWER_BYTES
from grader.exam.claims.language.sentences import sentences
from tests.cpu import ends_within


def texts(markdown: str) -> list[str]:
    return [sentence.text for sentence in sentences(markdown)]


def polarity(text: str, name: str) -> str:
    """Of `name` in the sentence that holds it."""
    sentence = next(one for one in sentences(text) if name in one.text)
    start = sentence.text.index(name)
    return sentence.polarity(start, start + len(name))


# ---- sentences


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("We use ruff. It lints.", ["We use ruff.", "It lints."]),
        ("We use e.g. Docker and v1.2 of uv.", ["We use e.g. Docker and v1.2 of uv."]),
        ("Tests cover data, models etc. and more.", ["Tests cover data, models etc. and more."]),
        ("Tests cover data, models etc. We like them.", ["Tests cover data, models etc.", "We like them."]),
        ("The coverage is 62.3 %. Good!", ["The coverage is 62.3 %.", "Good!"]),
        ("Run `a.b. c` first. Then stop.", ["Run `a.b. c` first.", "Then stop."]),
        ("See https://a.b/c.d?e. It works.", ["See https://a.b/c.d?e.", "It works."]),
        ("One line\nthat goes on.", ["One line that goes on."]),
        ("A hard break  \nends it", ["A hard break", "ends it"]),
        ("It is done.We go on.", ["It is done.", "We go on."]),
        ("- ruff\n- mypy\n* black\n1. uv", ["ruff", "mypy", "black", "uv"]),
        ("> a quote\n> - a bullet in it", ["a quote", "a bullet in it"]),
        ("| tool | use |\n|---|---|\n| uv | env |", ["| tool | use |", "| uv | env |"]),
        ("<p>We use <b>uv</b>.</p><!-- hidden -->", ["We use uv .", "hidden"]),
        ("## Heading\ntext", ["Heading text"]),
        ("- [x] ticked", ["ticked"]),
        ("---\n\n...\n", []),
        ("", []),
    ],
)
def test_an_answer_is_cut_where_a_reader_would(markdown: str, expected: list[str]) -> None:
    assert texts(markdown) == expected


def test_a_fence_is_one_piece_and_keeps_its_lines() -> None:
    before, code, after = sentences("Run\n```bash\nuv sync\nuv run train. Now\n```\nand wait.")

    assert (before.code, code.code, after.code) == (False, True, False)
    assert code.text == "uv sync\nuv run train. Now\n"
    assert after.text == "and wait."


def test_a_fence_that_is_never_closed_ends_with_the_answer() -> None:
    assert [(one.text, one.code) for one in sentences("~~~\nls\n")] == [("ls\n", True)]


def test_marks_of_a_quote_are_no_part_of_the_commands_in_it() -> None:
    assert [one.text for one in sentences("> ```\n> uv sync\n> ```")] == ["uv sync\n"]


@pytest.mark.parametrize("markdown", ["We use uv. And ruff.", "> - uv\n> - ruff\n", "# Tools\n\n  uv. ruff"])
def test_a_sentence_knows_where_it_begins(markdown: str) -> None:
    for sentence in sentences(markdown):
        assert markdown[sentence.start :].startswith(sentence.text.split()[0])


# ---- polarity


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We used ruff for linting.", "ruff"),
        ("We did not only use Docker locally.", "Docker"),
        ("Not just Docker was used.", "Docker"),
        ("We had no problems with Docker.", "Docker"),
        ("We did not encounter issues with Docker.", "Docker"),
        ("Branch protection made sure nobody could push.", "Branch protection"),
        ("Running pre-commit ensures that code which is not formatted could never be merged.", "pre-commit"),
        ("Ruff was used to ensure that no unused imports remain.", "Ruff"),
        ("Ruff caught unused code early.", "Ruff"),
        ("We used uv instead of conda.", "uv"),
        ("We did not use Engine, but Vertex AI.", "Vertex AI"),
        ("Although we did not implement load testing, we used pytest.", "pytest"),
        ("We did not implement unit tests and used locust instead.", "locust"),
        ("We used FastAPI, which does not need a server.", "FastAPI"),
        ("We used Docker, without which nothing would have worked.", "Docker"),
        ("We used Hydra so that we would not lose parameters.", "Hydra"),
        ("The data was not stored in git but in DVC.", "DVC"),
        ("We did unit tests but no load testing.", "unit tests"),
        ("We do not use `conda`; `uv` is used.", "uv"),
        ("We did end up using DVC, but it did not help much.", "DVC"),
        ("Due to lack of time we used Streamlit.", "Streamlit"),
        ("The images were built using Cloud Build and not locally using Docker.", "Cloud Build"),
        ("```\nuv sync without conda\n```", "conda"),
    ],
)
def test_asserted(text: str, name: str) -> None:
    assert polarity(text, name) == "asserted"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We did not use DVC.", "DVC"),
        ("We didn’t use DVC", "DVC"),
        ("We never used Vertex AI.", "Vertex AI"),
        ("Vertex AI was not used.", "Vertex AI"),
        ("There is no load testing.", "load testing"),
        ("No monitoring was implemented.", "monitoring"),
        ("The project was done without Vertex AI.", "Vertex AI"),
        ("Load testing is missing.", "Load testing"),
        ("We skipped load testing.", "load testing"),
        ("We decided against Kubernetes.", "Kubernetes"),
        ("We opted for React, deciding against using Streamlit.", "Streamlit"),
        ("We used neither Prometheus nor Grafana.", "Prometheus"),
        ("We used neither Prometheus nor Grafana.", "Grafana"),
        ("We did not have time to implement monitoring.", "monitoring"),
        ("We did not manage to get Vertex AI to work.", "Vertex AI"),
        ("We did not manage to get training running with Vertex AI.", "Vertex AI"),
        ("We could not use Vertex AI.", "Vertex AI"),
        ("Unfortunately profiling could not be merged.", "profiling"),
        ("We played around with Vertex AI, however we never got it to work properly.", "Vertex AI"),
        (
            "We tried implementing unit tests for the API, however we never succeeded due to errors.",
            "unit tests",
        ),
        ("We did not profile our code.", "profile"),
        ("No, we did not use Vertex AI or Engine.", "Engine"),
        ("We have not implemented load testing and unit tests for the API.", "unit tests"),
        ("We do not test on Windows.", "Windows"),
        ("It is only tested on Linux, not on Windows.", "Windows"),
        ("Due to a lack of monitoring we cannot see drift.", "monitoring"),
    ],
)
def test_denied(text: str, name: str) -> None:
    assert polarity(text, name) == "denied"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We would use Prometheus.", "Prometheus"),
        ("Another option could have been Prometheus.", "Prometheus"),
        ("Monitoring with Prometheus would be nice.", "Monitoring"),
        ("We planned to use Prometheus.", "Prometheus"),
        ("We wanted to use Vertex AI but had no quota.", "Vertex AI"),
        ("In the future we will add Grafana.", "Grafana"),
        ("If we had used Evidently, drift would be seen.", "Evidently"),
        ("Using a framework like Evidently, we could compare requests.", "Evidently"),
        ("Running `locust -u 10` would simulate users.", "locust"),
        ("We would have implemented tests and added these to the GitHub Actions.", "GitHub Actions"),
        ("Did you use DVC?", "DVC"),
        ("We used uv instead of conda.", "conda"),
        ("Cloud Run was chosen rather than Functions.", "Functions"),
        ("DVC was considered, but not used.", "DVC"),
        ("Without DVC we would have lost data.", "DVC"),
        ("We couldn't have done it without DVC.", "DVC"),
        ("We did not use any frameworks other than PyTorch.", "PyTorch"),
        ("We did not log images using W&B.", "W&B"),
        ("We would not use Docker again.", "Docker"),
        ("We wouldn't use Docker again.", "Docker"),
        ("No group used Docker more than we did.", "Docker"),
        ("As part of PyTorch, torchaudio is not a framework of its own, if you ask us.", "PyTorch"),
    ],
)
def test_left_open(text: str, name: str) -> None:
    assert polarity(text, name) != "denied"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("It was not possible to use the Vertex AI quota.", "Vertex AI"),
        ("We did not use the Compute Engine directly.", "Compute Engine"),
        ("We did not have to use DVC.", "DVC"),
        ("Monitoring has not been implemented yet.", "Monitoring"),
        ("As for profiling, we did not do any.", "profiling"),
        ("Had we known, Docker runs it.", "Docker"),
        ("The Docker build didn't it was too slow.", "Docker build"),
        ("None of us used Docker before.", "Docker"),
        ("Not used: Docker, DVC", "DVC"),
        ("We would use Prometheus.", "Prometheus"),
        ("DVC was considered, but not used.", "DVC"),
        ("We used uv instead of conda.", "conda"),
        ("In the future we will add Grafana.", "Grafana"),
        ("Using a framework like Evidently, we could compare requests.", "Evidently"),
        ("We would have implemented tests and added these to the GitHub Actions.", "GitHub Actions"),
    ],
)
def test_not_asserted(text: str, name: str) -> None:
    assert polarity(text, name) != "asserted"


# ---- any text

WORDS = st.sampled_from(
    ["we", "did", "not", "use", "Docker", ",", ".", "would", "if", "without", "no", "`a.b`", "https://x.y/z.w", "\n", "\n\n", "- ", "> ",
     "```", "| a |", "<b>", "(", ")", "never", "but", "however", "instead", "of", "which", "it", "and", "or", ":", ";", "?", "n't"]
)  # fmt: skip
ANSWERS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=80).map(" ".join))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(ANSWERS, st.integers(-5, 400), st.integers(-5, 400))
def test_no_text_makes_it_raise(answer: str, start: int, end: int) -> None:
    for sentence in sentences(answer):
        assert sentence.polarity(start, end) in ("asserted", "denied", "unsure")
        assert 0 <= sentence.start <= len(answer)


@given(ANSWERS)
def test_no_letter_is_lost_but_in_tags(answer: str) -> None:
    if "<" in answer:
        return
    kept = "".join(sentence.text for sentence in sentences(answer))
    # Numbers of lists and the words behind a fence's mark are no text of the answer.
    assert sum(map(str.isalpha, kept)) <= sum(map(str.isalpha, answer))


@pytest.mark.parametrize(
    "piece",
    ["not ", "a. ", "`", "```\n", "> ", "- ", "<", "<a ", "[", "](", "| ", "we would ", "if ", "\n", "http://", "**", "(", "e.g. ", "neither nor "],
)  # fmt: skip
def test_the_time_is_linear(piece: str) -> None:
    text = (piece * (MAX_ANSWER_BYTES // len(piece) + 1))[:MAX_ANSWER_BYTES]

    def judge_every_word() -> None:
        for sentence in sentences(text):
            step = max(1, len(sentence.text) // 300)
            for at in range(0, len(sentence.text), step):
                sentence.polarity(at, at + 1)

    ends_within(20, judge_every_word)
