"""Claims about the API, workflows and images: routes by name, and counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import urlsplit

from grader.exam.claims.finder import Answer, Repository
from grader.exam.claims.language.quote import quote
from grader.exam.claims.language.sentences import Sentence, sentences
from grader.exam.report_data import Subject
from grader.inventory import Inventory, RouteFacts
from grader.results import Claim, ClaimVerdict, EvidenceRecord

_MOST = 20
_WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_NUMBER = rf"(?P<n>[0-9]{{1,2}}|{'|'.join(_WORDS)})"
_COUNTS: dict[Subject, re.Pattern[str]] = {
    "integration": re.compile(
        rf"\b{_NUMBER}\s(?:[a-z-]{{3,20}}\s){{0,2}}(?:workflows?|workflow\sfiles|\.?ya?ml\sfiles|files)\b",
        re.I,
    ),
    "images": re.compile(
        rf"\b{_NUMBER}\s(?:[a-z-]{{3,20}}\s){{0,2}}(?:docker\s?files?|docker\simages?|images)\b", re.I
    ),
    "api": re.compile(rf"\b{_NUMBER}\s(?:[a-z-]{{3,20}}\s){{0,2}}(?:endpoints?|routes?)\b", re.I),
}

#: `POST /predict`, `/predict` in a code span, and the path of a request to the group's own server.
_CODE = re.compile(r"(`{1,3})([^`\n]{1,200})\1")
_ROUTE = re.compile(r"\s?(?:(?:GET|POST|PUT|DELETE|PATCH)\s)?(/[\w{}<>/-]{0,100})\s?")
_METHOD = re.compile(r"\b(?:GET|POST|PUT|DELETE|PATCH)\s(/[\w{}/-]{0,100})")
_REQUEST = re.compile(
    r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|[\w.-]{1,100}\.run\.app)(?::[0-9]{1,5})?/[^\s'\"`)<>]{0,200}",
    re.I,
)
#: Routes that frameworks and their extensions provide.
_BUILT_IN = re.compile(
    r"/(?:docs|redoc|openapi\.json|metrics|static|livez|readyz|healthz|ui|favicon\.ico)?(?:/.*)?", re.I
)
_FILE = re.compile(
    r"\.(?:py|ya?ml|json|txt|sh|csv|png|toml|md|onnx|pth?|ckpt)$|^/(?:app|gcs|home|tmp|usr|etc|mnt|data|models|src|workspace|root|var)(?:/|$)",
    re.I,
)
_DECLARED = {"fastapi", "flask", "starlette"}


def find(answer: Answer, repository: Repository) -> Iterable[Claim]:
    """Yield claims about routes of the API, and about the number of workflows, images or routes."""
    inventory = repository.inventory
    if inventory is None:
        return
    if answer.asks & {"api", "deployment", "api_tests"}:
        yield from _routes(answer.text, inventory)
    for subject in _COUNTS:
        if subject in answer.asks:
            yield from _counts(subject, answer.text, inventory)


def _routes(text: str, inventory: Inventory) -> Iterator[Claim]:
    seen: set[str] = set()
    for sentence in sentences(text):
        for path, start, end in islice(_named(sentence), _MOST):
            key = path.rstrip("/").casefold() or "/"
            if key in seen or sentence.polarity(start, end) != "asserted":
                continue
            seen.add(key)
            verdict, why, route = _told(path, inventory)
            yield Claim(
                text=quote(sentence.text, start),
                kind="other",
                claimed=f"route {path}",
                found=f"{route.method} {route.path}" if route else None,
                verdict=verdict,
                why=why,
                evidence=(EvidenceRecord(path=route.file, line=route.line),) if route else (),
            )


def _named(sentence: Sentence) -> Iterator[tuple[str, int, int]]:
    text = sentence.text
    if not sentence.code:
        for span in _CODE.finditer(text):
            route = _ROUTE.fullmatch(span[2])
            if route and not _FILE.search(route[1]):
                yield route[1], span.start(), span.end()
        for match in _METHOD.finditer(_CODE.sub(lambda span: " " * len(span[0]), text)):
            yield match[1], match.start(), match.end()
    for match in _REQUEST.finditer(text):
        try:
            path = urlsplit(match[0]).path
        except ValueError:
            continue
        if path and not _FILE.search(path):
            yield path.rstrip(".,;"), match.start(), match.end()


def _told(path: str, inventory: Inventory) -> tuple[ClaimVerdict, str, RouteFacts | None]:
    known = [route for route in inventory.routes if route.path]
    for route in known:
        if _same(path, route.path):
            return ClaimVerdict.supported, "The application has this route.", route
    for route in known:
        if _same(path, route.path, inside=True):
            return (
                ClaimVerdict.undetermined,
                "A route ends like this; what stands in front of it may be a prefix.",
                route,
            )
    if not inventory.routes or "routes" in inventory.cut:
        return ClaimVerdict.undetermined, "No routes could be read.", None
    if _BUILT_IN.fullmatch(path):
        return ClaimVerdict.undetermined, "Frameworks may serve this by themselves.", None
    if not {route.framework.casefold() for route in inventory.routes} <= _DECLARED:
        return ClaimVerdict.undetermined, "Not all routes of this framework can be read.", None
    if not inventory.is_whole("routes"):
        place = inventory.unread.get("routes")
        where = f"{place.path}:{place.line}" if place else "code that was not read"
        return ClaimVerdict.undetermined, f"Not by what could be read; {where} may add others.", None
    shown = ", ".join(sorted({route.path for route in known})[:8])
    return ClaimVerdict.contradicted, f"The application has no such route; it has {shown}.", None


def _same(written: str, declared: str, *, inside: bool = False) -> bool:
    """Return whether a path matches a route: parameters match anything. `inside`: a common suffix is enough."""
    mine, theirs = _parts(written), _parts(declared)
    if inside:
        # A path of parameters only would match anything; so does a catch-all route.
        shorter = min(len(mine), len(theirs))
        return ":path}" in declared or (shorter > 0 and mine[-shorter:] == theirs[-shorter:])
    if len(mine) != len(theirs):
        return False
    return all(
        a == b or "{" in a or "<" in a or "{" in b or "<" in b for a, b in zip(mine, theirs, strict=True)
    )


def _parts(path: str) -> list[str]:
    return [part for part in path.casefold().split("/") if part]


def _counts(subject: Subject, text: str, inventory: Inventory) -> Iterator[Claim]:
    """Yield claims about counts, supported or undetermined only: what counts as a workflow or image is up to the group."""
    known: dict[Subject, tuple[int, str]] = {
        "integration": (len(inventory.workflows), "workflows"),
        "images": (len(inventory.images), "Dockerfiles"),
        "api": (len({(route.method, route.path) for route in inventory.routes}), "routes"),
    }
    number, what = known[subject]
    for sentence in sentences(text):
        match = _COUNTS[subject].search(sentence.text[:2_000])
        if match is None or sentence.code or sentence.polarity(*match.span()) != "asserted":
            continue
        claimed = _WORDS.get(match["n"].casefold()) or int(match["n"])
        alike = claimed == number
        yield Claim(
            text=quote(sentence.text, match.start()),
            kind="other",
            claimed=f"{claimed} {what}",
            found=number,
            verdict=ClaimVerdict.supported if alike else ClaimVerdict.undetermined,
            why=f"There are {number} {what}."
            if alike
            else f"There are {number} {what}; the sentence may count otherwise.",
        )
        return
