"""Files and folders that an answer names: whether they exist at the commit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import basename, dirname

from grader.exam.claims.finder import Answer, Repository
from grader.exam.claims.language.quote import quote
from grader.exam.claims.language.sentences import Sentence, sentences
from grader.exam.claims.places.folder_words import FOLDER
from grader.exam.claims.places.path_index import Tree, tree
from grader.exam.claims.places.path_mentions import Token, tokens
from grader.results import Claim, ClaimVerdict, EvidenceRecord

_MOST = 40
_WINDOW = 90

#: Words near a name that mark it as not, or no longer, a file of this repository.
_NOT_HERE = re.compile(
    r"\b(?:bucket|gcs|artifacts?|registry|generat\w*|produc\w*|outputs?|outputted|sav(?:e|es|ed|ing)|upload\w*|export\w*"
    r"|secrets?|cookie ?cutter|templates?|renam\w*|remov\w*|delet\w*|replac\w*|former\w*|previous\w*|initial\w*|original\w*"
    r"|old|moved?|merged|split|instead|another repo\w*|other repo\w*|separate repo\w*|would|could|should|stored in|logged|your"
    r"|docker ?hub|download\w*|unzip\w*|locally|ignored?|untracked|legacy|deprecated|temporary|at first|or an?|like|similar|new"
    r"|each|every|any|own)\b",
    re.I,
)
_REMOVED = re.compile(r"\b(?:remov\w+|delet\w+|got rid of|dropped|eliminat\w+)\b", re.I)
_REMOVED_PART = re.compile(r"\b(?:from|of|in|inside|content\w*|files?)\b", re.I)
_MADE_BY_TOOLS = {
    "hparams.yaml", "metrics.csv", "coverage.xml", "index.html", "wandb-summary.json", "report.html", "config.yaml",
    "overrides.yaml", "hydra.yaml", ".env", ".coverage",
}  # fmt: skip
#: A path beside the word "branch", words of a sentence about names that are no folders, and a place.
_BRANCH_BEFORE = re.compile(
    r"\bbranch(?:es)?\b[\s`*\"':(]{0,4}(?:(?:called|named|like|such as)\s[`*\"']{0,3})?$", re.I
)
_BRANCH_AFTER = re.compile(r"[`*\"')]{0,3}\s(?:feature\s)?branch", re.I)
_NO_FOLDER = re.compile(r"\b(?:branch\w*|prefix\w*|endpoints?|routes?|urls?)\b", re.I)
_INSIDE = re.compile(r"\b(?:in|inside|into|within|under|below|from)\s(?:the\s|our\s)?[`*\"']{0,3}$", re.I)
_HOLDS = re.compile(r"[`*\"']{0,3}\s(?:contains?|holds?|has|includes?)\b", re.I)
_LIBRARY = re.compile(r"[`*\"')]{0,3}\s(?:library|package|framework)\b", re.I)
_ALTERNATIVE = re.compile(r"\bor\s+(?:an?\s+|the\s+)?[`*\"']*$|^[`*\"']*\s*(?:\([^()]{0,30}\)\s*)?or\b", re.I)


def find(answer: Answer, repository: Repository) -> Iterable[Claim]:
    """Yield a claim for each file or folder that the answer names, and for each that it says was removed."""
    if repository.inventory is None:
        return
    paths = tree(repository.inventory)
    seen: set[str] = set()
    for sentence in sentences(answer.text):
        if sentence.code:
            continue
        for token in tokens(sentence.text):
            name = token.path.rstrip("/\\").casefold()
            if name in seen:
                continue
            claim = _judged(token, sentence, answer, repository, paths)
            if claim is not None:
                seen.add(name)
                yield claim
                if len(seen) >= _MOST:
                    return


def _judged(
    token: Token, sentence: Sentence, answer: Answer, repository: Repository, paths: Tree
) -> Claim | None:
    found = _found(token, paths, repository)
    removed = _is_removed(token, sentence)
    if (
        token.bare
        and found is None
        and removed
        and token.path.casefold() in repository.about.template_folders
    ):
        return _gone(token, None, sentence, paths, repository)
    if token.bare and (found is None or (token.folder and found not in paths.folders)):
        return None
    polarity = sentence.polarity(token.start, token.end)
    around = sentence.text[max(0, token.start - _WINDOW) : token.end + _WINDOW]
    if removed:
        return _gone(token, found, sentence, paths, repository) if not token.bare else None
    if polarity == "denied":
        return None
    if found is not None:
        if polarity == "unsure" and token.bare:
            return None
        return _claim(token, sentence, ClaimVerdict.supported, "It exists at the commit.", found)
    if not token.certain or _is_no_file(token, sentence, repository):
        return None
    return _absent(token, sentence, answer, paths, polarity, around)


def _is_no_file(token: Token, sentence: Sentence, repository: Repository) -> bool:
    """Return whether a missing path names a branch, its beginning or a library, or nothing that the sentence calls a folder."""
    before, after = (
        sentence.text[max(0, token.start - 40) : token.start],
        sentence.text[token.end : token.end + 20],
    )
    branch = any(name.startswith(token.path) for name in repository.history.branches)
    beside = _BRANCH_BEFORE.search(before) or _BRANCH_AFTER.match(after)
    # `discord.py` is declared as `discord-py`.
    declared = repository.inventory.dependencies if repository.inventory else {}
    library = re.sub(r"[._]", "-", token.path.casefold()) in declared or _LIBRARY.match(after)
    if branch or library or (beside and "/" in token.path):
        return True
    if not token.folder or FOLDER.search(before[-20:]) or FOLDER.search(after):
        return False
    said = FOLDER.search(sentence.text) or _INSIDE.search(before) or _HOLDS.match(after)
    return _NO_FOLDER.search(sentence.text) is not None or not said


def _found(token: Token, paths: Tree, repository: Repository) -> str | None:
    exact = paths.find(token.path, ("", dirname(repository.report_path)))
    if exact is not None and exact:
        return exact
    if token.bare and token.folder:
        # A bare word names a folder at the top or directly below the package, not deeper ones.
        package = repository.inventory.package if repository.inventory else ""
        inside = f"{package}/{token.path}"
        return inside if inside in paths.folders else None
    named = paths.named(token.path)
    if token.folder:
        named = [path for path in named if path in paths.folders] or named
    return min(named, key=lambda path: (path.count("/"), path)) if named else None


def _absent(
    token: Token, sentence: Sentence, answer: Answer, paths: Tree, polarity: str, around: str
) -> Claim | None:
    """Return a claim about a missing file: contradicted only if nothing else can be meant."""

    def open_(why: str) -> Claim:
        return _claim(token, sentence, ClaimVerdict.undetermined, why, None)

    if not paths.complete:
        return open_("The list of the repository's files was cut; nothing can be said to be missing.")
    like = paths.like(token.path)
    if like is not None:
        return _claim(
            token, sentence, ClaimVerdict.undetermined, "Not by this name; a similar one exists.", like
        )
    if paths.kept_out(token.path):
        return open_("It is kept out of git, so it may exist where the group works.")
    if polarity != "asserted":
        return open_("It is not at the commit, and the sentence does not say clearly that it is.")
    before, after = sentence.text[: token.start][-30:], sentence.text[token.end : token.end + 40]
    if _NOT_HERE.search(around) or _ALTERNATIVE.search(before) or _ALTERNATIVE.search(after):
        return open_("It is not at the commit; the sentence may speak of another place or another time.")
    # What is told of costs, struggles and contributions is of the past: files missing now may have existed then.
    if "people" in answer.asks or basename(token.path) in _MADE_BY_TOOLS:
        return open_("It is not at the commit; it may have been, or be made by a run.")
    return _claim(
        token, sentence, ClaimVerdict.contradicted, "There is no such file or folder at the commit.", None
    )


def _is_removed(token: Token, sentence: Sentence) -> bool:
    """Return whether the sentence says that the file or folder itself was removed."""
    before = sentence.text[max(0, token.start - 50) : token.start]
    verbs = list(_REMOVED.finditer(before))
    if verbs and not _REMOVED_PART.search(before[verbs[-1].end() :]):
        after = sentence.text[token.end : token.end + 30]
        return not re.match(r"\W*(?:folder |director\w+ )?from\b", after, re.I)
    after = sentence.text[token.end : token.end + 40]
    return (
        re.match(
            r"\W*(?:folder |file |directory )?(?:was|were|is|has been|have been) (?:removed|deleted)\b",
            after,
            re.I,
        )
        is not None
    )


def _gone(
    token: Token, found: str | None, sentence: Sentence, paths: Tree, repository: Repository
) -> Claim | None:
    if sentence.polarity(token.start, token.end) == "denied":
        return None
    if found is None:
        if not paths.complete:
            return None
        return _claim(
            token, sentence, ClaimVerdict.supported, "It is not at the commit, as the sentence says.", None
        )
    exact = paths.find(token.path)
    template = set(repository.inventory.template) if repository.inventory else set()
    work = [path for path in paths.below(found) if path not in template and basename(path) != ".gitkeep"]
    if (
        exact == found
        and found in paths.folders
        and work
        and sentence.polarity(token.start, token.end) == "asserted"
    ):
        why = f"The folder is there, with {len(work)} files of the group in it."
        return _claim(token, sentence, ClaimVerdict.contradicted, why, work[0])
    return _claim(token, sentence, ClaimVerdict.undetermined, "Something of that name is there.", found)


def _claim(token: Token, sentence: Sentence, verdict: ClaimVerdict, why: str, found: str | None) -> Claim:
    return Claim(
        text=quote(sentence.text, token.start),
        kind="file",
        claimed=token.path,
        found=found,
        verdict=verdict,
        why=why,
        evidence=(EvidenceRecord(path=found),) if found else (),
    )
