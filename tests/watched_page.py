"""Pages that browser tests open: on which screens, and what opens them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
Scheme = Literal["light", "dark"]
#: Opens a page of a size, in a colour scheme, with scripts or without, and watches it.
Open = Callable[..., Page]


def bars_nobody(page: Page, size: str) -> None:
    """Hold a page, with all that can be opened open, to what axe-core finds, and to the width of the screen."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
