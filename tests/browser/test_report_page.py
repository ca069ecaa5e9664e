"""The report and the class overview as people meet them: themes, a phone, a keyboard, paper; and what an attack gets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from grader.render import Ungraded, render_html, render_index
from tests.graded_class import judged_result
from tests.places import REPORTS
from tests.render_sample import HOSTILE, clean_result, hostile_result, rich_result
from tests.watched_page import SIZES, Open, bars_nobody

pytestmark = pytest.mark.browser

OTHERS = ("clean", "hostile", "index", "judged", "judged-index")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    judged = judged_result()
    texts = {
        "judged": render_html(judged, reports=REPORTS),
        "judged-index": render_index([judged, clean_result()], reports=REPORTS, strangers=[HOSTILE]),
        "rich": render_html(rich_result(), reports=REPORTS),
        "clean": render_html(clean_result(), reports=REPORTS),
        "hostile": render_html(hostile_result(), reports=REPORTS),
        "index": render_index(
            [rich_result(), clean_result(), hostile_result()],
            reports=REPORTS,
            ungraded=[Ungraded(id="group-99", source="owner/gone", reason="The repository is private.")],
        ),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.fixture
def opened(watched: Open, files: dict[str, Path]) -> Open:
    """Opens a page by its name."""

    def open_page(name: str, **how: Any) -> Page:
        return watched(files[name].as_uri(), **how)

    return open_page


@pytest.mark.parametrize(
    ("name", "size", "scheme"),
    [
        *(("rich", size, scheme) for size in SIZES for scheme in ("light", "dark")),
        *((name, *view) for name in OTHERS for view in (("desktop", "light"), ("phone", "dark"))),
    ],
)
def test_nothing_bars_anybody_and_nothing_runs_off_the_side(
    opened: Open, name: str, size: str, scheme: str
) -> None:
    bars_nobody(opened(name, size=size, scheme=scheme), size)


def test_headings_are_an_outline_that_no_answer_joins(opened: Open) -> None:
    page = opened("rich")
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(each => Number(each.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.locator(".answer :is(h1, h2, h3, h4, h5, h6)").count() == 0


def test_a_student_sees_what_to_do_next_without_scrolling(opened: Open) -> None:
    page = opened("rich")
    seen = ("#overview-title", "#next-title", ".steps > .step:first-child h3")
    for selector, text in zip(
        seen, ("3 things broken", "What to do next", "The training script"), strict=True
    ):
        found = page.locator(selector).first
        box = found.bounding_box()
        assert text in found.inner_text()
        assert box is not None
        assert box["y"] + box["height"] <= SIZES["desktop"][1]


def test_the_keyboard_gets_to_the_content_and_the_focus_shows(opened: Open) -> None:
    page = opened("rich")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.wait_for_function("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_jump_opens_what_it_leads_to(opened: Open) -> None:
    page = opened("rich")
    assert not page.locator("#check-M2\\.lock_file").is_visible()
    page.locator("#module-M2 > summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#check-M2\\.lock_file").is_visible()
    page.locator(".steps a", has_text="Every image starts").first.click()
    assert page.evaluate("location.hash") == "#check-M10.base_images_are_pinned"
    assert page.locator("#check-M10\\.base_images_are_pinned").is_visible()


def test_what_falls_is_one_jump_away_from_the_overview(opened: Open) -> None:
    page = opened("rich")
    page.locator("#overview a", has_text="contradicted").click()
    page.locator("#falls a", has_text="Question 7").click()
    assert page.evaluate("location.hash") == "#claim-7-1"
    assert page.locator("#claim-7-1").is_visible()
    assert "14" in page.locator("#claim-7-1 .compare").inner_text()
    page.locator("#overview a", has_text="not borne out").click()
    assert page.locator("#box-w1-12").is_visible()


def test_claims_stand_beside_the_answer_where_there_is_room(opened: Open) -> None:
    for size, beside in (("desktop", True), ("phone", False)):
        page = opened("rich", size=size)
        answer = page.locator("#question-8 .answer").bounding_box()
        verdicts = page.locator("#question-8 .verdicts").bounding_box()
        assert answer is not None
        assert verdicts is not None
        assert (verdicts["x"] >= answer["x"] + answer["width"]) is beside
        assert (verdicts["y"] >= answer["y"] + answer["height"]) is not beside


def test_no_verdict_is_told_by_colour_alone(opened: Open) -> None:
    page = opened("rich")
    for verdict in page.locator(".claim .pill, .boxes .pill, .legend li").all():
        assert verdict.locator("svg.icon").count() == 1
        assert re.search(r"[a-z]", verdict.inner_text() or verdict.text_content() or "")


def test_paper_has_everything_and_no_navigation(opened: Open) -> None:
    page = opened("rich")
    page.emulate_media(media="print")
    assert page.locator("#check-M2\\.lock_file").is_visible()
    assert page.locator("#claim-7-2").is_visible(), "folded on the screen"
    assert page.locator("#box-w1-03").is_visible(), "folded on the screen"
    assert not page.locator("nav.toc").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.fixture
def attacker() -> Iterator[tuple[str, list[str]]]:
    """A server that notes who calls."""
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", calls
    server.shutdown()
    server.server_close()


def test_the_policy_holds_even_for_a_page_that_was_tampered_with(
    browser: Browser, files: dict[str, Path], attacker: tuple[str, list[str]], tmp_path: Path
) -> None:
    """Should a renderer ever let markup through, the browser still neither runs nor loads it."""
    url, calls = attacker
    attack = (
        f"<script>window.ran = 1</script><img src=x onerror='window.ran = 1'><img src='{url}/image'>"
        f"<script src='{url}/script'></script><link rel=stylesheet href='{url}/style'><iframe src='{url}/frame'></iframe>"
        "<style>body { display: none }</style>"
    )
    whole = files["rich"].read_text(encoding="utf-8").replace("<main", f"{attack}<main")
    policy = re.search(r"<meta http-equiv[^>]*>", whole)
    assert policy is not None
    for name, text in (("with", whole), ("without", whole.replace(policy[0], ""))):
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
        page = browser.new_page()
        page.goto((tmp_path / f"{name}.html").as_uri())
        page.wait_for_load_state("networkidle")
        if name == "with":
            assert page.evaluate("window.ran") is None
            assert page.evaluate("getComputedStyle(document.body).display") == "block"
            assert calls == []
        else:  # the same attack works where the policy is missing
            assert page.evaluate("window.ran") == 1
            assert "/image" in calls
        page.close()


def test_links_of_the_overview_lead_to_the_reports(opened: Open) -> None:
    page = opened("index")
    hrefs = page.locator(".rows > li > div > a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    assert hrefs[:2] == ["submissions/group-07/report.html", "submissions/group-01/report.html"]
