"""M32: documentation, where it is published, and a picture of the architecture."""

from collections.abc import Mapping
from typing import Any

import pytest

from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m32_documentation"
WORDS = "Clone the repository and let uv make an environment with everything that the package needs. " * 12
STUB = "## Documentation\n\nDocumentation for fit\n"
GUIDE = f"# Fit\n\n## Install\n\n```\nuv sync\n```\n\n## Use\n\n{WORDS}{WORDS}\n\n## Data\n\n## Train\n"
SITE = {"docs/mkdocs.yaml": "site_name: Fit\ndocs_dir: source\n", "docs/source/index.md": STUB}
FLOW = ".github/workflows/docs.yaml"


def judge(files: Mapping[str, str | bytes], check: str = "documentation_is_written", **given: Any) -> Any:
    result = run_check(SUITE, check, files, **given)
    return result.verdict if result.verdict != "partial" else f"partial {result.points}"


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        (SITE | {"docs/source/index.md": f"# Fit\n{WORDS}"}, "passed"),
        (SITE | {"docs/source/api.md": f"# Reference\n{WORDS}\n::: fit.train\n"}, "passed"),
        ({"docs/getting-started.rst": f"Start\n=====\n{WORDS}"}, "passed"),
        ({"README.md": GUIDE}, "passed"),
        ({"README.md": GUIDE.replace("## Install", "**Install**").replace("# Fit", "Fit\n======")}, "passed"),
        ({"README.md": STUB, "DEPLOYMENT.md": WORDS}, "passed"),
        ({"README.md": STUB, "frontend/README.md": f"# Frontend\n{WORDS}"}, "passed"),
        (SITE | {"README.md": GUIDE}, "partial 0.0"),
        ({"README.md": f"# Fit\n## Description\n{WORDS}"}, "partial 0.0"),
        (SITE | {"README.md": "# Fit\n"}, "failed"),
        ({"README.md": f"# Fit\n```\n{WORDS}\n```\n"}, "failed"),
        (
            SITE
            | {"reports/README.md": WORDS, "AGENTS.md": WORDS, "TODOS.md": WORDS, "data/README.md": WORDS},
            "failed",
        ),
    ],
)
def test_what_is_written(files: Mapping[str, str | bytes], verdict: str) -> None:
    assert judge(files) == verdict


def publish(step: str, condition: str = "") -> Any:
    return SITE | {FLOW: f"on: push\njobs:\n  j:\n    runs-on: a\n{condition}    steps:\n      - {step}\n"}


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        (publish("run: uv run mkdocs gh-deploy --force"), "passed"),
        (publish("uses: actions/deploy-pages@v4"), "passed"),
        (publish("uses: peaceiris/actions-gh-pages@v4"), "passed"),
        (publish("run: make docs") | {"Makefile": "docs:\n\tmkdocs gh-deploy\n"}, "passed"),
        (SITE | {"docs/mkdocs.yaml": "site_name: Fit\nsite_url: https://ada.github.io/fit/\n"}, "partial 0.5"),
        (SITE, "partial 0.0"),
        (publish("run: mkdocs build"), "partial 0.0"),
        (publish("run: mkdocs gh-deploy", "    if: false\n"), "partial 0.0"),
        (publish("uses: actions/deploy-pages@v4", "    if: false\n"), "partial 0.0"),
        (SITE | {"Makefile": "docs:\n\tmkdocs gh-deploy\n"}, "partial 0.0"),
        ({"README.md": GUIDE}, "not_applicable"),
    ],
)  # fmt: skip
def test_who_publishes(files: Mapping[str, str | bytes], verdict: str) -> None:
    assert judge(files, "documentation_is_published") == verdict


@pytest.mark.parametrize(("name", "verdict"), [("gh-pages", "passed"), ("pages-of-docs", "partial 0.0")])
def test_the_branch_of_the_pages(name: str, verdict: str) -> None:
    branches = [{"name": name, "sha": "0" * 40}]
    assert judge(SITE, "documentation_is_published", branches=branches) == verdict


QUESTION = "### Question 29\n\n> Take inspiration from [this figure](figures/overview.png).\n>\n> Answer:\n\n{}\n\n### Question 31\n\nx\n"
PICTURE = b"\x89PNG of our own"


def drawn(answer: str, *pictures: str) -> Any:
    files: dict[str, str | bytes] = {"README.md": "# Fit\n", "reports/README.md": QUESTION.format(answer)}
    files |= dict.fromkeys(pictures, PICTURE)
    return judge(
        files, "a_diagram_shows_the_architecture", profile="project", report_path="reports/README.md"
    )


@pytest.mark.parametrize(
    ("answer", "pictures", "verdict"),
    [
        ("![a](figures/ours.png)", ["reports/figures/ours.png"], "passed"),
        ('<img src="figures/ours.png" width="90%">', ["reports/figures/ours.png"], "passed"),
        ("![a](/reports/figures/our%20own.png)", ["reports/figures/our own.png"], "passed"),
        ("![a](figures\\ours.png)", ["reports/figures/ours.png"], "passed"),
        ("See [the picture](figures/ours.png).", ["reports/figures/ours.png"], "passed"),
        ("It is reports/figures/ours.png", ["reports/figures/ours.png"], "passed"),
        ("![a](figs/ours.png)", ["reports/our_figures/ours.png"], "passed"),
        ("![a](https://github.com/user-attachments/assets/1)", [], "passed"),
        ("In words.", ["docs/architecture.svg"], "passed"),
        ("In words.", ["diagram.drawio"], "passed"),
        ("In words.", ["reports/figures/ours.png"], "partial 0.0"),
        ("![a](figures/lost.png)", [], "failed"),
        ("![a](figures/<image>.png)", [], "failed"),
        ("In words.", [], "failed"),
        ("In words.", ["reports/figures/build_history.png", "reports/figures/system_monitoring.png"], "failed"),
        ("In words.", ["src/static/system.png"], "failed"),
    ],
)  # fmt: skip
def test_pictures(answer: str, pictures: list[Any] | list[str], verdict: str) -> None:
    assert drawn(answer, *pictures) == verdict


def test_a_drawing_in_text() -> None:
    files = {"README.md": "# Fit\n```mermaid\ngraph LR\n  a --> b\n```\n"}
    assert judge(files, "a_diagram_shows_the_architecture", profile="project") == "passed"


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        (SITE, "passed"),
        (SITE | {"docs/mkdocs.yaml": "site_name: Fit\ndocs_dir: pages\n"}, "failed"),
        ({"mkdocs.yml": "site_name: Fit\n", "docs/index.md": STUB}, "passed"),
        ({"README.md": GUIDE}, "not_applicable"),
    ],
)
def test_sites(files: Mapping[str, str | bytes], verdict: str) -> None:
    assert judge(files, "a_site_can_be_built") == verdict
