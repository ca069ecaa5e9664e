"""What an image is made of decides its name: with other libraries of the system it is another image."""

from __future__ import annotations

from grader.sandbox.container.base_image import DEBIAN_PACKAGES, LIBRARIES, debian_tag
from grader.sandbox.container.image import digest_of_runtime


def test_other_libraries_make_another_image() -> None:
    now = digest_of_runtime("sha256:base")
    assert now == digest_of_runtime("sha256:base", LIBRARIES)
    assert now != digest_of_runtime("sha256:base", [*LIBRARIES, "libmore"])
    assert now != digest_of_runtime("sha256:other")


def test_a_base_of_other_packages_has_another_tag() -> None:
    assert debian_tag() == debian_tag(DEBIAN_PACKAGES)
    assert debian_tag() != debian_tag("python3,git")


def test_the_image_has_what_wheels_expect_of_a_system() -> None:
    """By the names of Debian: OpenGL, X11, OpenMP, sound, and the program that reads videos."""
    assert (
        {"libgl1", "libxcb1", "libgomp1", "libsndfile1", "ffmpeg"}
        <= set(LIBRARIES)
        <= set(DEBIAN_PACKAGES.split(","))
    )
