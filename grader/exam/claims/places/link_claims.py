"""Links and images: whether the target of a link exists at the commit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import dirname
from urllib.parse import urlsplit

from grader.exam.claims.finder import Answer, Repository
from grader.exam.claims.language.quote import quote
from grader.exam.claims.places.github_addresses import GitHubAddress, github_address, is_same
from grader.exam.claims.places.link_targets import Target, targets
from grader.exam.claims.places.path_index import Tree, clean, tree
from grader.inventory import Inventory
from grader.results import Claim, ClaimKind, ClaimVerdict, EvidenceRecord

_SUPPORTED, _CONTRADICTED, _OPEN = (
    ClaimVerdict.supported,
    ClaimVerdict.contradicted,
    ClaimVerdict.undetermined,
)
_PLACEHOLDER = re.compile(r"[<>{}$*]|\.\.\.|…|%3C|example\.(?:com|org)|your[-_]|/path/to/", re.I)
_LOCAL = re.compile(r"https?://(?:localhost|127\.|0\.0\.0\.0|\[::1?\])", re.I)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,20}:(?!\\)", re.I)
_DEFAULT = ("main", "master", "HEAD")
_HASH = re.compile(r"(?<![\w/.-])[0-9a-f]{7,40}(?![\w/.-])")
_DIGITS = 12
_MOST_HASHES = 20

_Judgement = tuple[ClaimVerdict, str, str]


def find(answer: Answer, repository: Repository) -> Iterable[Claim]:
    """Yield a claim for each link (kind `link`) and image (kind `file`), and for each commit id that the answer names."""
    for target in targets(answer.text):
        claim = _judged(target, answer.text, repository)
        if claim is not None:
            yield claim
    yield from _commits(answer.text, repository)


def _judged(target: Target, text: str, repository: Repository) -> Claim | None:
    address = target.address
    if _PLACEHOLDER.search(address) or _LOCAL.match(address) or address.startswith("#"):
        return None
    if _SCHEME.match(address) and not address.casefold().startswith(("http:", "https:")):
        return None
    if not target.image and not re.search(r"[./\\]", address):
        # `[1](see below)` is prose.
        return None
    kind: ClaimKind = "file" if target.image else "link"
    if repository.inventory is None:
        verdict, why, found = _OPEN, "What the repository holds could not be read.", ""
    elif "://" in address:
        verdict, why, found = _elsewhere(address, repository, repository.inventory)
    else:
        verdict, why, found = _relative(target, repository, tree(repository.inventory), repository.inventory)
    line_start = text.rfind("\n", 0, target.start) + 1
    line_end = text.find("\n", target.start)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    return Claim(
        text=quote(line, target.start - line_start),
        kind=kind,
        claimed=address[:300],
        found=found or None,
        verdict=verdict,
        why=why,
        evidence=(EvidenceRecord(path=found),) if found else (),
    )


def _relative(target: Target, repository: Repository, paths: Tree, inventory: Inventory) -> _Judgement:
    written = re.split(r"[#?]", target.address, maxsplit=1)[0].strip()
    found = paths.find(written, (dirname(repository.report_path), ""))
    if found is None:
        # The link is broken because it is relative to another folder, but the file exists.
        return _missing(written, repository, paths)
    if target.image and found in inventory.samples:
        return _CONTRADICTED, "This is the course's own example picture, unchanged.", found
    return _SUPPORTED, "It exists at the commit.", found or "."


def _missing(written: str, repository: Repository, paths: Tree) -> _Judgement:
    folder = dirname(repository.report_path)
    from_report = clean(f"{folder}/{written}") or clean(written)
    if from_report is None:
        return _OPEN, "It leads out of the repository.", ""
    if not paths.complete:
        return _OPEN, "The list of the repository's files was cut; nothing can be said to be missing.", ""
    for elsewhere in paths.named(written.split("/")[-1]):
        return _OPEN, "It leads nowhere as written; a file of that name lies in another folder.", elsewhere
    like = paths.like(written)
    if like is not None and like.casefold().split("/")[-1] == written.casefold().split("/")[-1]:
        return _OPEN, "It leads nowhere as written; a name that differs in case only exists.", like
    if paths.ignored(from_report) or paths.ignored(written):
        return _OPEN, "It is kept out of git, so it may exist where the group works.", ""
    return _CONTRADICTED, "There is no such file or folder at the commit.", like or ""


def _elsewhere(address: str, repository: Repository, inventory: Inventory) -> _Judgement:
    link = github_address(address)
    if link is None:
        try:
            host = urlsplit(address).hostname or "another host"
        except ValueError:
            host = "another host"
        return _OPEN, f"What {host[:80]} shows is not in the repository.", ""
    same = is_same(link, repository.source)
    if same is False:
        return _OPEN, "It leads to another repository.", ""
    if link.page in ("blob", "tree"):
        return _in_tree(link, same, repository, tree(inventory))
    if link.page == "commit" and link.rest:
        return _commit(link.rest[0], inventory)
    if link.page == "actions":
        return _actions(link, same, inventory)
    if not link.page and same:
        return _SUPPORTED, "It is the address of this repository.", ""
    return _OPEN, "Only GitHub can show this.", ""


def _in_tree(link: GitHubAddress, same: bool | None, repository: Repository, paths: Tree) -> _Judgement:
    branches = repository.history.branches
    ref, path = link.split(branches)
    found = paths.find(path)
    if not same and link.owner.casefold() in {name.casefold() for name in repository.about.accounts}:
        return _OPEN, "It leads to the course's own repository.", ""
    is_default = ref in _DEFAULT
    if found is not None:
        if is_default or ref in branches:
            return _SUPPORTED, "It exists at the commit.", found or "."
        return _OPEN, f"There is no branch {ref[:80]} any more; the path exists at the commit.", found
    known = repository.history.complete or ref in branches
    if (
        same
        and is_default
        and known
        and paths.complete
        and not (set(_DEFAULT) & set(branches) and ref not in branches)
    ):
        return _CONTRADICTED, "There is no such file or folder at the commit.", ""
    return _OPEN, f"It is not at the commit, but may be in {ref[:80] or 'another place'}.", ""


def _commit(written: str, inventory: Inventory) -> _Judgement:
    wanted = written.casefold()[:_DIGITS]
    known = len(wanted) >= 7 and any(commit.startswith(wanted) for commit in inventory.commits)
    if known:
        return _SUPPORTED, "The commit is in the history.", ""
    return _OPEN, "The commit is not in the history that was read; it may be of a branch that is gone.", ""


def _actions(link: GitHubAddress, same: bool | None, inventory: Inventory) -> _Judgement:
    if link.rest[:1] == ("workflows",) and len(link.rest) == 2 and link.rest[1].endswith((".yml", ".yaml")):
        path = f".github/workflows/{link.rest[1]}"
        if path in tree(inventory):
            return _SUPPORTED, "The workflow exists at the commit.", path
        if same and tree(inventory).complete:
            return _CONTRADICTED, "There is no such workflow at the commit.", ""
    elif not link.rest and same and inventory.workflows:
        return (
            _SUPPORTED,
            "The repository has workflows; their runs are not in it.",
            inventory.workflows[0].path,
        )
    return _OPEN, "Runs of workflows are not in the repository.", ""


def _commits(text: str, repository: Repository) -> Iterable[Claim]:
    """Yield claims for commit ids in the text, outside links."""
    if repository.inventory is None or "commit" not in text.casefold():
        return
    found = [
        match
        for match in _HASH.finditer(text)
        if re.search(r"[0-9]", match[0]) and re.search(r"[a-f]", match[0])
    ]
    for match in found[:_MOST_HASHES]:
        around = text[max(0, match.start() - 150) : match.end() + 150]
        if "commit" in around.casefold() and text[match.start() - 1 : match.start()] != "/":
            verdict, why, _ = _commit(match[0], repository.inventory)
            yield Claim(text=quote(around, 150), kind="link", claimed=match[0], verdict=verdict, why=why)
