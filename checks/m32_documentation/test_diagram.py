"""M32: a picture of how the parts of the project work together."""

import posixpath
import re
from urllib.parse import unquote

from grader.suite import Evidence, SubmissionFault, check, evidence, measure, partial

from ..common.words import PICTURES

#: How a report refers to a picture: Markdown, HTML.
_IMAGE = re.compile(
    r"!\[[^\]\n]{0,500}\]\(\s{0,5}<?([^)\s>]{1,500})|<img\b[^>\n]{0,500}?\bsrc=[\"']([^\"'\n]{1,500})",
    re.IGNORECASE,
)
#: A picture that is only named, or linked to.
_NAME = re.compile(r"[\w.%/\\-]{1,200}\.(?:png|jpe?g|svg|webp|pdf|gif)\b", re.IGNORECASE)
_QUESTION = re.compile(
    r"^[ \t]{0,3}#{1,6}[ \t*]{0,5}question[ \t:#]{0,5}(\d{1,2})\b", re.IGNORECASE | re.MULTILINE
)
_NAMED = re.compile(
    r"architect|overview|diagram|system|pipeline|workflow|flow_?chart|infrastructure|structure|mlops",
    re.IGNORECASE,
)
#: Pictures of something else that such words name, too: what a monitor, a build or a run looked like.
_SHOT = re.compile(
    r"monitor|wandb|bucket|registry|build|history|actions|runs?\b|profil|sweep|metric|dashboard|loss|coverage|bill|alert|log",
    re.IGNORECASE,
)
_DRAWN = (
    "**/*.drawio",
    "**/*.drawio.png",
    "**/*.drawio.svg",
    "**/*.excalidraw",
    "**/*.mmd",
    "**/*.puml",
    "**/*.plantuml",
    "**/*.d2",
)
_PICTURES = ("**/*.png", "**/*.jpg", "**/*.jpeg", "**/*.svg", "**/*.webp", "**/*.pdf", "**/*.gif")


def _section(text):
    """The answer to the question on architecture: 29 of 31, 25 of 27; empty where it cannot be told."""
    found = [(match.start(), int(match.group(1))) for match in _QUESTION.finditer(text)]
    numbers = {number for _, number in found}
    wanted = 29 if max(numbers, default=0) > 27 else 25
    for place, (start, number) in enumerate(found):
        if number == wanted:
            return text[start : found[place + 1][0] if place + 1 < len(found) else len(text)]
    return ""


def _images(submission):
    """Pictures that the answer on the architecture shows, as paths of the repository where they can be found."""
    if not submission.report_path:
        return []
    folder = posixpath.dirname(submission.report_path)
    section = _section(submission.text(submission.report_path)[:500_000])
    named = [first or second for first, second in _IMAGE.findall(section)]
    # The question itself, which is quoted, links to the course's example.
    answer = "\n".join(line for line in section.split("\n") if not line.lstrip().startswith(">"))
    named += [name for name in _NAME.findall(answer) if "<" not in name]
    return [(name, _place(submission, folder, name)) for name in dict.fromkeys(named) if "<" not in name]


def _place(submission, folder, name):
    """The path of a picture that a report names; empty if it is nowhere in the repository."""
    path = unquote(name.partition("?")[0].partition("#")[0]).replace("\\", "/").lstrip("/")
    for place in (posixpath.normpath(posixpath.join(folder, path)), posixpath.normpath(path)):
        if submission.exists(place):
            return place
    last = path.rpartition("/")[2].lower()
    same = [one for one in submission.files(*_PICTURES) if one.rpartition("/")[2].lower() == last]
    return same[0] if len(same) == 1 else ""


def _drawings(submission):
    """Diagrams elsewhere: by what they are, or by what they are called."""
    named = [
        path
        for path in submission.files(*_PICTURES)
        if _NAMED.search(path.rpartition("/")[2])
        and not _SHOT.search(path.rpartition("/")[2])
        and not submission.is_sample_figure(path)
        and not _of_a_library(path)
    ]
    return [*submission.files(*_DRAWN), *named]


def _of_a_library(path):
    return any(
        part in ("site", "node_modules", "assets", "static", "data", "outputs")
        for part in path.split("/")[:-1]
    )


def _mermaid(submission):
    for path in submission.files("**/*.md"):
        try:
            lines = submission.lines(path)
        except SubmissionFault:
            continue
        for number, line in enumerate(lines[:5_000], 1):
            if re.match(r"\s{0,8}```\s?mermaid", line):
                return evidence(path, number, "```mermaid")
    return None


@check(
    "A diagram shows the architecture",
    points=1,
    scope="project",
    required=False,
    questions=[29],
    boxes=["x-04"],
    hint="Draw how code, data, images and services work together, commit the picture under `reports/figures/`, and show it "
    "in the answer to question 29.",
)
def test_a_diagram_shows_the_architecture(submission):
    shown = _images(submission)
    own = [path for _, path in shown if path and not submission.is_sample_figure(path)]
    elsewhere = [] if own else _drawings(submission)
    measure("n_architecture_figures", len(own))
    for path in [*own, *elsewhere][:3]:
        evidence(path)
    if (
        own
        or elsewhere
        or _mermaid(submission)
        or any(name.startswith(("http:", "https:")) for name, _ in shown)
    ):
        return
    wrong = [Evidence(path, None, "the course's own example") for _, path in shown if path]
    wrong += [
        Evidence(submission.report_path, None, f"{name} is not in the repository")
        for name, path in shown
        if not path
    ]
    others = [path for path in submission.files("**/figures/**") if _is_own_picture(submission, path)]
    if others and not any(path for _, path in shown):
        said = "The answer on the architecture shows no picture; some lie beside the report."
        partial(0, said, [*wrong[:2], *(Evidence(path) for path in others[:3])])
    assert not wrong, wrong
    raise AssertionError(
        "The answer on the architecture shows no picture, and no diagram lies in the repository."
    )


def _is_own_picture(submission, path):
    """Whether it may be a diagram: a picture of the group's own that is not called after something else."""
    name = path.rpartition("/")[2]
    picture = name.lower().endswith(PICTURES)
    return picture and not _SHOT.search(name) and not submission.is_sample_figure(path)
