"""Find answers that contradict each other, independent of the repository."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.exam.claims.finder import Answer, Repository
from grader.exam.claims.language.quote import quote
from grader.exam.claims.language.sentences import Sentence, sentences
from grader.exam.claims.study_numbers import study_numbers
from grader.exam.claims.tools.dictionary import find_dictionary
from grader.exam.claims.tools.tool_mentions import denies_plainly, says_plainly
from grader.exam.report_data import StudyNumber
from grader.results import Claim, ClaimVerdict


def compare(answers: Sequence[Answer], repository: Repository) -> Iterator[tuple[int, Claim]]:
    """Yield (number of the question, claim) for each statement that another answer confirms or denies. Never raise."""
    yield from _members(answers, repository.about.study_number)
    yield from _tools(answers, repository)


def _members(answers: Sequence[Answer], form: StudyNumber | None) -> Iterator[tuple[int, Claim]]:
    """Compare the study numbers of the contributions with those of the members. Claims contain counts, never a number."""
    members = next((answer for answer in answers if "members" in answer.asks), None)
    contributions = next((answer for answer in answers if "contributions" in answer.asks), None)
    if members is None or contributions is None:
        return
    named, listed = study_numbers(contributions.text, form), study_numbers(members.text, form)
    if not named or not listed:
        return
    strangers, missing = len(named - listed), len(listed - named)
    verdict = ClaimVerdict.supported
    why = f"The answer names the same {len(listed)} study numbers as question {members.number}."
    if strangers:
        verdict = ClaimVerdict.contradicted
        why = f"Of {len(named)} study numbers here, {strangers} are not among the {len(listed)} of question {members.number}."
    elif missing:
        verdict = ClaimVerdict.undetermined
        why = (
            f"Of the {len(listed)} study numbers of question {members.number}, {missing} are not named here; "
            "names may stand for them."
        )
    yield (
        contributions.number,
        Claim(
            text=f"{len(named)} study numbers" if len(named) > 1 else "1 study number",
            kind="study_numbers",
            claimed=len(named),
            found=len(listed),
            verdict=verdict,
            why=why,
        ),
    )


def _tools(answers: Sequence[Answer], repository: Repository) -> Iterator[tuple[int, Claim]]:
    """Find tools that one answer plainly denies and another plainly uses."""
    dictionary = find_dictionary(repository.tools)
    used: dict[str, tuple[Answer, Sentence]] = {}
    denied: dict[str, tuple[Answer, Sentence, int]] = {}
    for answer in answers:
        # Answers about people, costs and struggles also tell of attempts.
        if "parts" not in answer.asks:
            continue
        for sentence in sentences(answer.text):
            if sentence.code:
                continue
            for mention in dictionary.mentions(sentence.text, answer.current_number):
                # An activity such as "monitoring" is a matter of opinion; a tool such as Vertex AI is not.
                if (
                    mention.tool.tools
                    or mention.tool.only_in
                    or (mention.tool.name in used and mention.tool.name in denied)
                ):
                    continue
                polarity = sentence.polarity(mention.start, mention.end)
                if polarity == "denied" and denies_plainly(sentence):
                    denied.setdefault(mention.tool.name, (answer, sentence, mention.start))
                elif polarity == "asserted" and says_plainly(sentence, mention.start, mention.end):
                    used.setdefault(mention.tool.name, (answer, sentence))
    for name, (answer, sentence, start) in denied.items():
        if name in used and used[name][0].number != answer.number:
            other, said = used[name]
            yield (
                answer.number,
                Claim(
                    text=quote(sentence.text, start),
                    kind="other",
                    claimed=f"no {name}",
                    found=quote(said.text),
                    verdict=ClaimVerdict.contradicted,
                    why=f"The answer to question {other.number} says that {name} is used.",
                ),
            )
