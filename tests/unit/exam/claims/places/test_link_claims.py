"""Claims about links, images and commits."""

from __future__ import annotations

import pytest

from grader.exam.claims.places import link_claims as links
from grader.exam.claims.places.link_targets import targets
from tests.claim_sample import claims, repository, verdicts

KNOWN = repository(
    source="https://github.com/plants-group/plants.git",
    workflows=[{"path": ".github/workflows/tests.yaml"}],
)
HERE = "https://github.com/plants-group/plants"


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        ("figures/bucket.png", "supported"),
        ("./figures/bucket.png", "supported"),
        ("reports/figures/bucket.png", "supported"),
        ("/reports/figures/bucket.png", "supported"),
        ("figures\\bucket.png", "supported"),
        ("figures/my%20chart.png", "supported"),
        ("figures/my chart.png", "supported"),
        ('figures/bucket.png "A bucket"', "supported"),
        ("figures/bucket.png?raw=true", "supported"),
        ("figures/gone.png", "contradicted"),
        ("figures/sample.png", "contradicted"),
        ("figures/Bucket.png", "undetermined"),
        ("figures/elsewhere.png", "undetermined"),
        ("figures/last.ckpt", "undetermined"),
        ("../../../../etc/passwd", "undetermined"),
        ("https://user-images.githubusercontent.com/1/2.png", "undetermined"),
    ],
)
def test_an_image_exists_and_is_the_groups_own(target: str, verdict: str) -> None:
    told = claims(links.find, 19, f"Our bucket: ![the bucket]({target})", KNOWN)
    assert [(claim.kind, claim.verdict.value) for claim in told] == [("file", verdict)]


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        (f"{HERE}/blob/main/dockerfiles/train.dockerfile", "supported"),
        (f"{HERE}/blob/main/dockerfiles/train.dockerfile#L3-L9", "supported"),
        (f"{HERE}/tree/main/dockerfiles", "supported"),
        (f"{HERE}/blob/feature/api/Makefile", "supported"),
        (f"{HERE}/blob/gone-branch/Makefile", "undetermined"),
        (f"{HERE}/blob/gone-branch/gone.py", "undetermined"),
        (f"{HERE}/blob/main/gone.py", "contradicted"),
        (f"{HERE.upper()}/blob/main/Makefile", "supported"),
        ("https://raw.githubusercontent.com/plants-group/plants/main/Makefile", "supported"),
        ("https://raw.githubusercontent.com/plants-group/plants/refs/heads/main/Makefile", "supported"),
        ("https://github.com/other/plants/blob/main/gone.py", "undetermined"),
        ("https://github.com/other/zoo/blob/main/Makefile", "undetermined"),
        (HERE, "supported"),
        (f"{HERE}.git", "supported"),
        (f"{HERE}/commit/0fb85a502f2bf7bc3f09c2ec34b172bcf92d0547", "supported"),
        (f"{HERE}/commit/1234567890", "undetermined"),
        (f"{HERE}/actions/workflows/tests.yaml", "supported"),
        (f"{HERE}/actions/workflows/gone.yaml", "contradicted"),
        (f"{HERE}/actions/runs/123", "undetermined"),
        (f"{HERE}/actions", "supported"),
        (f"{HERE}/pull/7", "undetermined"),
        ("https://plants-abc.a.run.app/docs", "undetermined"),
    ],
)
@pytest.mark.parametrize(
    "form", ["[it]({})", "See {}.", "<{}>", '<a href="{}">it</a>', "(see {})", "[it]: {}"]
)
def test_a_link_leads_somewhere(address: str, verdict: str, form: str) -> None:
    told = claims(links.find, 15, form.format(address), KNOWN)
    assert [(claim.kind, claim.verdict.value) for claim in told] == [("link", verdict)]


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        ("../dockerfiles/train.dockerfile", "supported"),
        ("../dockerfiles/train.dockerfil", "contradicted"),
        ("../dockerfiles", "supported"),
        ("../README.md#setup", "supported"),
    ],
)
def test_a_link_is_relative_to_the_report(address: str, verdict: str) -> None:
    assert verdicts(links.find, 15, f"[it]({address})", KNOWN) == {address: verdict}


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost:8000/docs",
        "curl http://127.0.0.1:8000/predict",
        "https://api-<region>.a.run.app/predict",
        "[x](https://example.com/a)",
        "[x](#section)",
        "[x](mailto:a@b.dk)",
        "a list[1](see below)",
        "![my_image](figures/<image>.png)",
    ],
)
def test_what_is_no_link_to_anything_is_no_claim(text: str) -> None:
    assert verdicts(links.find, 24, text, KNOWN) == {}


@pytest.mark.parametrize("source", ["/home/me/plants", "/data/plants-group+plants", "C:\\work\\plants"])
def test_a_folder_tells_only_the_name(source: str) -> None:
    known = repository(source=source)
    assert verdicts(links.find, 15, f"{HERE}/blob/main/gone.py", known) == {
        f"{HERE}/blob/main/gone.py": "contradicted"
    }
    elsewhere = "https://github.com/plants-group/other/blob/main/gone.py"
    assert verdicts(links.find, 15, elsewhere, known) == {elsewhere: "undetermined"}


def test_a_file_that_may_be_missing_from_the_list_is_not_missing() -> None:
    known = repository(cut=("files",))
    assert set(
        verdicts(links.find, 15, f"![a](figures/gone.png) {HERE}/blob/main/gone.py", known).values()
    ) == {"undetermined"}


def test_ids_of_commits_in_prose() -> None:
    text = (
        "It was removed in commit `0fb85a5`. The digest abcdef1 is something else, and 1234567 is a number."
    )
    assert verdicts(links.find, 7, text, KNOWN)["0fb85a5"] == "supported"
    assert "contradicted" not in verdicts(links.find, 7, text, KNOWN).values()
    assert verdicts(links.find, 7, "The checksum is 0fb85a5.", KNOWN) == {}


def test_an_image_inside_a_link_is_an_image() -> None:
    found = targets("[![badge](figures/bucket.png)](https://github.com/plants-group/plants/actions)")
    assert [(each.address, each.image) for each in found] == [
        ("figures/bucket.png", True),
        ("https://github.com/plants-group/plants/actions", False),
    ]
