"""A real Chromium. Without one these tests fail: a report nobody has looked at in a browser is not tested."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, Request, sync_playwright

from tests.watched_page import SIZES, Open, Scheme

_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Not for the session: while Playwright is open its event loop runs in this thread, where no later test could run one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        found = (
            shutil.which("chromium")
            or shutil.which("google-chrome")
            or (own if Path(own).is_file() else None)
        )
        if found is None:
            pytest.fail("No Chromium found. Install one: `apt-get install chromium`, or `make browser`.")
        browser = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        yield browser
        browser.close()
    with pytest.raises(RuntimeError, match="no running event loop"):
        asyncio.get_running_loop()


@pytest.fixture
def watched(browser: Browser) -> Iterator[Open]:
    """Opens pages and, when the test is over, fails it for a console message, an error, a dialog or a request of one."""
    pages: list[Page] = []
    trouble: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        trouble.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open_page(url: str, *, size: str = "desktop", scheme: Scheme = "light", scripts: bool = True) -> Page:
        width, height = SIZES[size]
        page = browser.new_page(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=scripts
        )
        page.on("console", lambda message: trouble.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        page.on("dialog", dismissed)

        def requested(request: Request) -> None:
            if request.url != url:
                trouble.append(f"request: {request.url}")

        page.on("request", requested)
        pages.append(page)
        page.goto(url)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert trouble == []
