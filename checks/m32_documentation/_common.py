"""M32: where pages of documentation lie, by the site that is made of them."""

import posixpath
import re

from grader.suite import SubmissionFault

NO_GUIDE = re.compile(
    r"^(?:readme|agents|claude|gemini|license|changelog|code_of_conduct|copilot-instructions)\.|todo|notes?\.|roadmap|backlog|log\b"
    r"|description|plan|progress|report"
    r"|exam|checklist|question",
    re.IGNORECASE,
)
PAGES = (
    "docs/**/*.md",
    "docs/**/*.rst",
    "documentation/**/*.md",
    "doc/**/*.md",
    "doc/**/*.rst",
    "wiki/**/*.md",
    "book/**/*.md",
    "docs/**/*.qmd",
)
#: What makes a site of the pages below it: MkDocs, Sphinx, Quarto, Jupyter Book, Docusaurus.
_SITES = (
    *(
        "**/mkdocs.yml",
        "**/mkdocs.yaml",
        "**/conf.py",
        "**/quartodoc.yml",
        "**/_quarto.yml",
        "**/_quarto.yaml",
    ),
    *("**/_toc.yml", "**/myst.yml", "**/docusaurus.config.*"),
)
_SUFFIXES = (".md", ".rst", ".qmd", ".ipynb")
_NO_PAGES = ("reports/", "report/", "tests/", "data/", ".github/", "notebooks/")
#: What makes pages of docstrings.
FROM_CODE = ("pdoc", "pdoc3", "pydoctor", "sphinx-apidoc")


def sites(submission):
    """The files that configure a site; of a `conf.py`, only Sphinx's."""
    found = [path for path in submission.files(*_SITES) if submission.text(path).strip()]
    return [path for path in found if not path.endswith("conf.py") or _is_sphinx(submission, path)]


def _is_sphinx(submission, path):
    folder = posixpath.dirname(path)
    return any(submission.exists(posixpath.join(folder, f"index{suffix}")) for suffix in _SUFFIXES)


def mkdocs_folder(submission, path):
    """The folder of MkDocs' pages, `..` and what is written for Windows resolved, and how it is written."""
    data = submission.yaml(path)
    written = data.get("docs_dir", "docs") if isinstance(data, dict) else "docs"
    # `!ENV [NAME, "docs"]`: the last one is the default.
    written = str(written[-1] if isinstance(written, list) and written else written)
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), written.replace("\\", "/"))), written


def lies_in(path, folder):
    return folder == "." or path.startswith(f"{folder}/")


def page_paths(submission):
    """The paths of pages: in the usual folders, and in those that a site is made of."""
    folders = []
    for path in sites(submission):
        try:
            is_mkdocs = "mkdocs" in posixpath.basename(path)
            folders.append(
                mkdocs_folder(submission, path)[0] if is_mkdocs else posixpath.dirname(path) or "."
            )
        except SubmissionFault:
            continue
    of_site = [
        path
        for path in submission.files()
        if path.endswith(_SUFFIXES)
        and any(lies_in(path, folder) for folder in folders)
        and not path.startswith(_NO_PAGES)
        and not ("/" not in path and path.endswith(".md") and NO_GUIDE.search(path))
    ]
    return sorted({*submission.files(*PAGES), *of_site})
