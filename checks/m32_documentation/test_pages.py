"""M32: documentation that is written, and published."""

import ast
import re

from grader.suite import Evidence, SubmissionFault, check, evidence, measure, not_applicable, partial, work

from ..common.messages import show
from ._common import FROM_CODE, NO_GUIDE, PAGES, lies_in, mkdocs_folder, page_paths, sites

#: READMEs of parts, guides beside the README; what is written for the course or for tools is none.
_GUIDES = ("*.md", "*/README.md", "*/*/README.md")
#: Headings as Markdown, reStructuredText and HTML have them, and lines in bold.
_HEADING = re.compile(
    r"^(?:#{1,4} .{0,200}|\*\*[^*\n]{1,100}\*\*:?|[=-]{4,100}[ \t]*|\s{0,8}<h[1-4].{0,200})$",
    re.MULTILINE | re.IGNORECASE,
)
_PUBLISHERS = (
    *("mkdocs gh-deploy", "mike deploy", "ghp-import", "quarto publish", "invoke deploy-docs", "gh-pages"),
)
_PUBLISH_ACTIONS = (
    "actions/deploy-pages",
    "actions/upload-pages-artifact",
    "peaceiris/actions-gh-pages",
    "JamesIves/github-pages-deploy-action",
    "quarto-dev/quarto-actions/publish",
    "crazy-max/ghaction-github-pages",
    "mhausenblas/mkdocs-deploy-gh-pages",
    "sphinx-notes/pages",
)
#: What the template's own pages say; what a group writes is more than this.
_TEMPLATE_WORDS = 60
_ENOUGH_README = 250
_SOME_README = 120


def _words(text):
    """Words of prose: no code, no tags, no addresses, no lines of the template."""
    text = re.sub(r"```.{0,20000}?```", " ", text[:200_000], flags=re.DOTALL)
    text = re.sub(
        r"<[^<>]{0,300}>|https?://\S{0,300}|^\s*(?::::|\.\. ).{0,200}$", " ", text, flags=re.MULTILINE
    )
    return len(re.findall(r"[A-Za-z][A-Za-z'-]+", text))


def _text(submission, path):
    if not path.endswith(".ipynb"):
        return submission.text(path)
    return "\n".join(cell.source for cell in submission.notebook(path).cells if cell.kind == "markdown")


def _docstrings(submission):
    """Words of the docstrings of the code, where something makes pages of them."""
    if not submission.running(*FROM_CODE):
        return []
    found = []
    for file in submission.code():
        texts = [ast.get_docstring(file.tree) or "", *(one.docstring for one in file.functions)]
        found.append((file.path, sum(map(_words, texts))))
    return [(path, words) for path, words in found if words]


def _pages(submission):
    """Own pages of documentation: path and number of words; the template's and near-empty ones are left out."""
    found = []
    for path in page_paths(submission):
        if submission.is_template(path) or path.rpartition("/")[2].lower() in (
            "readme.md",
            "changelog.md",
            "license.md",
        ):
            continue
        try:
            text = _text(submission, path)
        except SubmissionFault:
            continue
        references = len(re.findall(r"^(?::::|\.\. automodule::)", text, flags=re.MULTILINE))
        words = _words(text) + 30 * references
        if words >= _TEMPLATE_WORDS or references:
            found.append((path, words))
    return found + _docstrings(submission)


def _guides(submission):
    """Words of guides outside of docs/: `DEPLOYMENT.md`, `frontend/README.md`."""
    found = []
    for path in submission.files(*_GUIDES):
        folder, _, name = path.rpartition("/")
        of_a_part = folder and name.lower().startswith("readme.")
        own_folder = folder.partition("/")[0] not in ("reports", "report", "docs", "doc", ".github", "data")
        if own_folder and (of_a_part or not NO_GUIDE.search(name)) and not submission.is_template(path):
            found.append((path, _words(submission.text(path))))
    return [(path, words) for path, words in found if words >= _TEMPLATE_WORDS]


def _readme(submission):
    for path in submission.files("README.md", "README.rst", "README.txt", "readme.md"):
        if not submission.is_template(path):
            text = submission.text(path)
            headings = _HEADING.findall(text[:200_000])
            return path, _words(text), len(headings), bool(re.search(r"```|^ {4}\$", text, re.MULTILINE))
    return "", 0, 0, False


@work(
    "pages of documentation: `docs/`, `mkdocs.yml`, or a README",
    above=("docs", "mkdocs.yml", "mkdocs.yaml", "README.md"),
)
def find_work(submission):
    # The picture of the architecture may lie beside a report in a repository without any other documentation.
    written = submission.files(*PAGES) or sites(submission) or _docstrings(submission)
    return bool(written or _readme(submission)[0] or submission.report_path)


@check(
    "Documentation is written",
    points=1,
    required=False,
    questions=[6, 28],
    boxes=["x-01"],
    above=("docs", "README.md"),
    hint="Pages under `docs/source/` on what the project is, how to install it and how to use it; `mkdocs build` makes the site.",
)
def test_documentation_is_written(submission):
    pages = list({**dict(_guides(submission)), **dict(_pages(submission))}.items())
    path, words, headings, has_code = _readme(submission)
    measure("n_documentation_pages", len(pages))
    measure("readme_words", words)
    for page, count in sorted(pages, key=lambda one: -one[1])[:5]:
        evidence(page, None, f"{count} words")
    if path:
        evidence(path, None, f"{words} words, {headings} headings")
    total = sum(count for _, count in pages)
    if pages and total >= 2 * _TEMPLATE_WORDS:
        return
    # A README that says how to set the project up and how to use it is documentation, too, if there is no other.
    described = words >= _ENOUGH_README and headings >= 4 and has_code
    stubs = submission.files(*PAGES) or sites(submission)
    said = f"There are {len(pages)} pages of the group's own with {total} words, and the README has {words} words."
    if described and stubs:
        partial(0, f"The pages under docs/ were not written; the README tells how to begin. {said}")
    if not described and (pages or words >= _SOME_README):
        partial(0, f"The project is described; how to set it up and how to use it is hardly said. {said}")
    assert described, said


@check(
    "A site can be built from the documentation",
    points=1,
    required=False,
    questions=[28],
    above=("docs", "mkdocs.yml", "mkdocs.yaml"),
    hint="`mkdocs.yaml` names the folder of the pages and each page of the navigation.",
)
def test_a_site_can_be_built(submission):
    found = sites(submission)
    if not found:
        not_applicable("There is no site: no mkdocs.yaml, no conf.py of Sphinx.")
    wrong, elsewhere = [], []
    for path in found:
        evidence(path)
        if "mkdocs" not in path.rpartition("/")[2]:
            continue
        folder, written = mkdocs_folder(submission, path)
        pages = [one for one in submission.files(f"{folder}/**", "**") if one.endswith(".md")]
        if lies_in(path, folder) and not _has_plugin(submission.yaml(path), "same-dir"):
            wrong.append(
                evidence(
                    path,
                    None,
                    f"docs_dir is {written}: MkDocs refuses to be inside without the plugin same-dir",
                )
            )
        elif not any(lies_in(one.casefold(), folder.casefold()) for one in pages):
            wrong.append(evidence(path, None, f"docs_dir is {written}: no page lies there"))
        elif "\\" in written or not any(lies_in(one, folder) for one in pages):
            elsewhere.append(evidence(path, None, f"docs_dir is {written}"))
    assert not wrong, wrong
    if elsewhere:
        partial(
            0.5,
            "Its folder is found on some systems alone: write `/`, and capitals as the folder has them.",
            elsewhere,
        )


def _has_plugin(data, name):
    plugins = data.get("plugins") if isinstance(data, dict) else None
    named = (
        [one for item in plugins for one in (item if isinstance(item, dict) else [item])] if plugins else ()
    )
    return name in named


def _addresses(submission):
    """Where a site says that it is published, on GitHub Pages."""
    found = []
    for path in submission.files("**/mkdocs.yml", "**/mkdocs.yaml"):
        try:
            data = submission.yaml(path)
        except SubmissionFault:
            continue
        address = str(data.get("site_url", "")) if isinstance(data, dict) else ""
        if re.match(r"https?://[\w-]{1,60}\.github\.io/", address) and "example" not in address:
            found.append(Evidence(path, data.lines.get("site_url"), address[:200]))
    return found


def _is_publisher(step):
    name = step.uses.partition("@")[0].lower()
    return name in map(str.lower, _PUBLISH_ACTIONS)


def _publishes(command):
    """Whether a command brings pages to GitHub's: `mkdocs gh-deploy`, or a push to the branch for them."""
    pushed = command.runs("git push") and any(
        word.rpartition(":")[2].removeprefix("refs/heads/") == "gh-pages" for word in command.words
    )
    return pushed or command.runs(*_PUBLISHERS)


@check(
    "The documentation is published",
    points=1,
    required=False,
    questions=[28],
    boxes=["x-02"],
    above=(".github",),
    hint="A workflow that runs `mkdocs gh-deploy --force` on pushes to main; then choose the branch gh-pages under Settings, "
    "Pages.",
)
def test_documentation_is_published(submission):
    branches = [
        branch.name
        for branch in submission.history.branches
        if branch.name.rpartition("/")[2] in ("gh-pages", "gh_pages")
    ]
    steps = [
        workflow.evidence(step)
        for workflow in submission.workflows()
        for job in workflow.jobs
        for step in job.steps
        if _is_publisher(step) and not job.is_off and not step.is_off
    ]
    steps += [command.evidence for command in submission.ci_commands() if _publishes(command)]
    for name in branches[:1]:
        evidence("", None, f"branch {name}")
    show(steps[:3])
    if steps or branches:
        return
    # A shallow clone has one branch: the one that holds the pages may not be there.
    submission.history.require_complete()
    addresses = _addresses(submission)
    if addresses and not submission.is_template(addresses[0].path):
        partial(0.5, "The site names its address; nothing in the repository publishes it.", addresses[:2])
    by_hand = [command.evidence for command in submission.commands if _publishes(command)]
    unpublished = by_hand or [evidence(path) for path in sites(submission)]
    if unpublished:
        partial(
            0,
            "There is a site, and nothing in the repository publishes it by itself.",
            unpublished[:3],
        )
    not_applicable("There is no site: nobody can tell from here whether one was published.")
