"""Tools that an answer says were used, or were not, held against their traces in the repository."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from grader.exam.claims.model import Answer, Repository
from grader.exam.claims.quote import quote
from grader.exam.claims.sentences import Sentence, sentences
from grader.exam.claims.tool_dictionary import Dictionary, Mention
from grader.exam.claims.tool_sentences import denies_plainly, says_plainly, tells_of_an_attempt
from grader.exam.claims.tool_traces import Strength, Trace, Traces
from grader.results import Claim, ClaimVerdict

#: Questions whose answers say what the project uses. Others tell of people, costs and struggles.
_ABOUT_THE_PROJECT = frozenset({3, 4, 6, 10, 11, 12, 13, 14, 15, 16, 22, 23, 24, 25, 26, 28, 29})
_MEMBERS = frozenset({1, 2})
_MOST = 60


@dataclass(frozen=True)
class _Use:
    """A mention in the sentence that says or denies it."""

    mention: Mention
    sentence: Sentence
    polarity: str


def find(answer: Answer, repository: Repository) -> Iterable[Claim]:
    """One claim for each tool that an answer says was used or not used."""
    if answer.current_number in _MEMBERS or not repository.tools:
        return
    known = _traces(_Same(repository))
    uses: dict[str, list[_Use]] = {}
    for sentence in sentences(answer.text):
        if sentence.code:
            continue
        for mention in known.dictionary.mentions(sentence.text, answer.current_number):
            if mention.tool.name not in uses and len(uses) >= _MOST:
                continue
            listed = uses.setdefault(mention.tool.name, [])
            polarity = sentence.polarity(mention.start, mention.end)
            if polarity != "unsure" and len(listed) < _MOST:
                listed.append(_Use(mention, sentence, polarity))
    for listed in uses.values():
        claim = _judge(listed, known, answer.current_number) if listed else None
        if claim is not None:
            yield claim


def _judge(uses: list[_Use], known: _Known, question: int) -> Claim | None:
    asserted = [use for use in uses if use.polarity == "asserted"]
    denied = [use for use in uses if use.polarity == "denied"]
    trace = known.traces.of(uses[0].mention.tool) if known.traces else None
    if denied and not (asserted and trace and trace.strength >= Strength.kept):
        # What is denied is often explained, too: "Monitoring helps to see drift." Only plain words take a denial back.
        contested = any(says_plainly(use.sentence, use.mention.start, use.mention.end) for use in asserted)
        return _judge_denial(denied[0], trace, contested=contested)
    return _judge_use(asserted, trace, known, question)


def _judge_use(uses: list[_Use], trace: Trace | None, known: _Known, question: int) -> Claim:
    tool = uses[0].mention.tool
    if trace is None or known.traces is None:
        return _claim(
            uses[0], ClaimVerdict.undetermined, None, "The repository could not be read as a whole."
        )
    if trace.strength >= Strength.hinted:
        return _claim(uses[0], ClaimVerdict.supported, trace, f"{tool.name}: {trace.how}.")
    if trace.strength is Strength.declared:
        if tool.by_hand:
            return _claim(
                uses[0], ClaimVerdict.supported, trace, f"{tool.name}: {trace.how}; it is run by hand."
            )
        why = f"{tool.name}: {trace.how}, but nothing in the repository imports or runs it."
        return _claim(uses[0], ClaimVerdict.undetermined, trace, why)
    if trace.strength is Strength.template:
        why = f"Only untouched files of the course's template show {tool.name}."
        return _claim(uses[0], ClaimVerdict.undetermined, trace, why)
    if tool.local:
        why = f"Nothing in the repository shows {tool.name}, but using it need not leave a trace there."
        return _claim(uses[0], ClaimVerdict.undetermined, trace, why)
    if tool.by_hand:
        why = f"Nothing in the repository shows {tool.name}, but it can be run by hand without a trace."
        return _claim(uses[0], ClaimVerdict.undetermined, trace, why)
    plain = [use for use in uses if says_plainly(use.sentence, use.mention.start, use.mention.end)]
    if question in _ABOUT_THE_PROJECT and plain and known.traces.certainly_absent(tool):
        why = f"Nothing in the repository imports, declares, runs or configures {tool.name}, and no file is named after it."
        return _claim(plain[0], ClaimVerdict.contradicted, trace, why)
    why = f"No trace of {tool.name} was found; the sentence may speak of something outside of the repository."
    return _claim(uses[0], ClaimVerdict.undetermined, trace, why)


def _judge_denial(use: _Use, trace: Trace | None, *, contested: bool) -> Claim:
    name = use.mention.tool.name
    if trace is None:
        return _claim(use, ClaimVerdict.undetermined, None, "The repository could not be read as a whole.")
    if contested:
        return _claim(
            use, ClaimVerdict.undetermined, trace, f"The answer both denies {name} and speaks of using it."
        )
    if trace.strength <= Strength.hinted:
        why = f"Nothing in the repository uses {name}."
        if trace.strength >= Strength.declared:
            why = f"{name}: {trace.how}, but nothing in the repository uses it."
        return _claim(use, ClaimVerdict.supported, trace, why)
    if trace.strength is Strength.kept and tells_of_an_attempt(use.sentence):
        why = f"{name}: {trace.how}, as an attempt leaves it; nothing in the repository runs it."
        return _claim(use, ClaimVerdict.supported, trace, why)
    if trace.strength is Strength.used and not use.mention.tool.local and denies_plainly(use.sentence):
        return _claim(use, ClaimVerdict.contradicted, trace, f"{name}: {trace.how}.")
    why = f"{name}: {trace.how}; whether that is what the sentence denies only its authors can tell."
    return _claim(use, ClaimVerdict.undetermined, trace, why)


def _claim(use: _Use, verdict: ClaimVerdict, trace: Trace | None, why: str) -> Claim:
    found = None if trace is None else trace.how or "no trace"
    return Claim(
        text=quote(use.sentence.text, use.mention.start),
        kind="tool_used" if use.polarity == "asserted" else "tool_not_used",
        claimed=use.mention.tool.name,
        found=found,
        verdict=verdict,
        why=why,
        evidence=trace.evidence if trace else (),
    )


@dataclass(frozen=True)
class _Known:
    dictionary: Dictionary
    traces: Traces | None


class _Same:
    """A repository as a key: the same object, not an equal one, since its mappings have no hash."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, _Same) and other.repository is self.repository

    def __hash__(self) -> int:
        return id(self.repository)


@lru_cache(maxsize=2)
def _traces(key: _Same) -> _Known:
    """What is known of a repository's tools; made once for all answers of a report."""
    repository = key.repository
    dictionary = Dictionary(repository.tools)
    if repository.inventory is None:
        return _Known(dictionary, None)
    return _Known(dictionary, Traces(repository.inventory, repository.checks, dictionary))
