"""Tools that an answer says were used, or were not, compared with their traces in the repository."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from grader.exam.claims.finder import Answer, Repository
from grader.exam.claims.language.quote import quote
from grader.exam.claims.language.sentences import Sentence, sentences
from grader.exam.claims.tools.dictionary import Dictionary, Mention, Tool, find_dictionary
from grader.exam.claims.tools.identity import Same
from grader.exam.claims.tools.tool_mentions import (
    denies_plainly,
    says_plainly,
    speaks_of_integration,
    tells_of_an_attempt,
)
from grader.exam.claims.tools.traces import Strength, Trace, Traces
from grader.exam.report_data import Subject
from grader.results import Claim, ClaimVerdict

#: Maximum mentions of one tool in one answer that are read.
_MOST = 20


@dataclass(frozen=True)
class _Use:
    """A mention in a sentence that asserts or denies it."""

    mention: Mention
    sentence: Sentence
    polarity: str


def find(answer: Answer, repository: Repository) -> Iterable[Claim]:
    """Yield one claim for each tool that an answer says was used or not used."""
    if "group" in answer.asks or not repository.tools:
        return
    known = _known(Same(repository))
    uses: dict[str, list[_Use]] = {}
    for sentence in sentences(answer.text):
        if sentence.code:
            continue
        for mention in known.dictionary.mentions(sentence.text, answer.current_number):
            listed = uses.setdefault(mention.tool.name, [])
            if len(listed) < _MOST:
                polarity = sentence.polarity(mention.start, mention.end)
                listed.append(_Use(mention, sentence, polarity))
    for listed in uses.values():
        said = [use for use in listed if use.polarity != "unsure"]
        claim = _judge(said, known.traces, answer.asks) if said else None
        if claim is not None:
            yield claim


def _judge(uses: list[_Use], traces: Traces | None, asks: frozenset[Subject]) -> Claim | None:
    """Return the claim that all mentions of one tool in one answer make together."""
    asserted = [use for use in uses if use.polarity == "asserted"]
    denied = [use for use in uses if use.polarity == "denied"]
    trace = traces.of(uses[0].mention.tool) if traces else None
    if traces is None or trace is None:
        return _claim(
            uses[0], ClaimVerdict.undetermined, None, "The repository could not be read as a whole."
        )
    if not denied or (asserted and trace.strength >= Strength.kept):
        return _judge_use(asserted, trace, traces, asks)
    # A denied tool is often explained too: "Monitoring helps to see drift." Only a plain assertion contests a denial.
    verdict, why = _denial(denied[0], trace, traces, contested=any(map(_is_plain, asserted)))
    return _claim(denied[0], verdict, trace, why)


def _judge_use(uses: list[_Use], trace: Trace, traces: Traces, asks: frozenset[Subject]) -> Claim | None:
    tool = uses[0].mention.tool
    plain = [use for use in uses if _is_plain(use)]
    if not trace.strength and tool.local and not plain and "services" not in asks:
        # "Monitoring helps to see drift": a remark about something without a trace is not a claim.
        return None
    leaves_traces = not (tool.local or tool.by_hand)
    if leaves_traces and plain and "used" in asks and traces.certainly_absent(tool):
        why = (
            f"Nothing in the repository imports, declares, runs or configures {tool.name}, "
            "and no file is named after it."
        )
        return _claim(plain[0], ClaimVerdict.contradicted, trace, why)
    there = [use for use in plain if speaks_of_integration(use.sentence)]
    if tool.ci and "integration" in asks and there and traces.absent_from_integration(tool):
        why = f"No workflow shows {tool.name}, nor does anything else in the repository."
        return _claim(there[0], ClaimVerdict.contradicted, trace, why)
    verdict, why = _use(tool, trace)
    return _claim(uses[0], verdict, trace, why)


def _use(tool: Tool, trace: Trace) -> tuple[ClaimVerdict, str]:
    """Return the verdict on the use of a tool that is not certainly absent."""
    match trace.strength:
        case Strength.used | Strength.kept | Strength.hinted:
            return ClaimVerdict.supported, f"{tool.name}: {trace.how}."
        case Strength.declared if tool.by_hand:
            return ClaimVerdict.supported, f"{tool.name}: {trace.how}; it is run by hand."
        case Strength.declared:
            why = f"{tool.name}: {trace.how}, but nothing in the repository imports or runs it."
        case Strength.template:
            why = f"Only untouched files of the course's template show {tool.name}."
        case _ if tool.local:
            why = f"Nothing in the repository shows {tool.name}, but using it need not leave a trace there."
        case _ if tool.by_hand:
            why = f"Nothing in the repository shows {tool.name}, but it can be run by hand without a trace."
        case _:
            why = f"No trace of {tool.name} was found; the sentence may speak of something outside of the repository."
    return ClaimVerdict.undetermined, why


def _denial(use: _Use, trace: Trace, traces: Traces, *, contested: bool) -> tuple[ClaimVerdict, str]:
    """Return the verdict on a tool that is said not to be used. contested: the answer plainly asserts it, too."""
    tool = use.mention.tool
    if contested:
        return ClaimVerdict.undetermined, f"The answer both denies {tool.name} and speaks of using it."
    if trace.strength >= Strength.kept:
        if trace.strength is Strength.kept and tells_of_an_attempt(use.sentence):
            why = f"{tool.name}: {trace.how}, as an attempt leaves it; nothing in the repository runs it."
            return ClaimVerdict.supported, why
        if trace.strength is Strength.used and not tool.local and denies_plainly(use.sentence):
            return ClaimVerdict.contradicted, f"{tool.name}: {trace.how}."
        why = f"{tool.name}: {trace.how}; whether that is what the sentence denies only its authors can tell."
        return ClaimVerdict.undetermined, why
    if not traces.all_that_runs:
        why = "Not all of the repository could be read, so nobody can say that something is nowhere in it."
        return ClaimVerdict.undetermined, why
    if trace.strength >= Strength.declared:
        return ClaimVerdict.supported, f"{tool.name}: {trace.how}, but nothing in the repository uses it."
    return ClaimVerdict.supported, f"Nothing in the repository uses {tool.name}."


def _is_plain(use: _Use) -> bool:
    return says_plainly(use.sentence, use.mention.start, use.mention.end)


def _claim(use: _Use, verdict: ClaimVerdict, trace: Trace | None, why: str) -> Claim:
    found = None if trace is None else trace.how or "no trace"
    return Claim(
        text=quote(use.sentence.text, use.mention.start),
        kind="tool_used" if use.polarity == "asserted" else "tool_not_used",
        claimed=_name(use),
        found=found,
        verdict=verdict,
        why=why,
        evidence=trace.evidence if trace else (),
    )


def _name(use: _Use) -> str:
    tool = use.mention.tool
    return use.sentence.text[use.mention.start : use.mention.end][:100] if tool.several else tool.name


@dataclass(frozen=True)
class _Known:
    dictionary: Dictionary
    traces: Traces | None


@lru_cache(maxsize=2)
def _known(key: Same[Repository]) -> _Known:
    """Return the known tools of a repository; cached for all answers of a report."""
    repository = key.thing
    dictionary = find_dictionary(repository.tools)
    if repository.inventory is None:
        return _Known(dictionary, None)
    return _Known(dictionary, Traces(repository.inventory, repository.checks, dictionary))
