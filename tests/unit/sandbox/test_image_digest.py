"""What an image is made of decides its name: with other libraries of the system it is another image."""

from __future__ import annotations

from grader.sandbox.container.base_image import LIBRARIES
from grader.sandbox.container.image import digest_of_runtime


def test_other_libraries_make_another_image() -> None:
    now = digest_of_runtime("sha256:base")
    assert now == digest_of_runtime("sha256:base", LIBRARIES)
    assert now != digest_of_runtime("sha256:base", [*LIBRARIES, "libmore"])
    assert now != digest_of_runtime("sha256:other")
