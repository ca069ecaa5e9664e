"""A real Chromium. Without one these tests fail: a report nobody has looked at in a browser is not tested."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

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
