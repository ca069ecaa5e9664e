"""`grader image`: the image that submissions are graded in."""

from __future__ import annotations

from contextlib import closing

import typer

from grader.cli.options import BaseOption, CourseOption, DebugOption, console, say

image_app = typer.Typer(help="The image that submissions are graded in.", no_args_is_help=True)


@image_app.command("build")
def image_build(base: BaseOption = "auto", course: CourseOption = None, debug: DebugOption = False) -> None:
    """Build the image, if it is not there yet."""
    from grader.course.pack import load_course
    from grader.sandbox.container.image import connect, ensure_image

    with closing(connect()) as client:
        image = ensure_image(load_course(course).root, base=base, client=client, progress=say)
    console.print(f"{image.tag} (Python {image.python})", highlight=False)


@image_app.command("list")
def image_list(debug: DebugOption = False) -> None:
    """List the grader's images."""
    from grader.sandbox.container.image import connect, list_images

    with closing(connect()) as client:
        images = list_images(client)
    for image in images:
        console.print(f"{image.tag}  Python {image.python}  {image.base}", highlight=False)


@image_app.command("prune")
def image_prune(course: CourseOption = None, base: BaseOption = "auto", debug: DebugOption = False) -> None:
    """Remove the grader's images but the one in use."""
    from grader.course.pack import load_course
    from grader.sandbox.container.image import connect, ensure_image, list_images, prune_images

    with closing(connect()) as client:
        current = ensure_image(load_course(course).root, base=base, client=client, progress=say)
        others = [image.tag for image in list_images(client) if image.tag != current.tag]
        removed = prune_images(client, others)
    for tag in removed:
        console.print(f"removed {tag}", highlight=False)
