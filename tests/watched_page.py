"""Pages that browser tests open: on which screens, and what opens them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from playwright.sync_api import Page

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
Scheme = Literal["light", "dark"]
#: Opens a page of a size, in a colour scheme, with scripts or without, and watches it.
Open = Callable[..., Page]
