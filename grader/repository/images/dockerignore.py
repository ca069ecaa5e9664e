"""What a .dockerignore keeps out of a build context."""

from __future__ import annotations

from fnmatch import fnmatchcase

from grader.repository.parsed_view import ParsedView


def rules(view: ParsedView, dockerfile: str, context: str) -> tuple[str, ...]:
    """Return the rules for a build: those beside the Dockerfile, named after it, else those of the context."""
    for path in (f"{dockerfile}.dockerignore", f"{context}/.dockerignore".lstrip("/")):
        if path in view.all_files:
            lines = [line.strip() for line in view.lines(path)]
            return tuple(line for line in lines if line and not line.startswith("#"))
    return ()


def keeps_out(path: str, patterns: tuple[str, ...]) -> bool:
    """Return whether the rules keep `path` out; if they let anything below `path` back in, they do not."""
    ignored = False
    for pattern in patterns if path != "." else ():
        rule = pattern.lstrip("!").strip().strip("/").removeprefix("./")
        hit = any(_matches(path.rsplit("/", n)[0], rule) for n in range(path.count("/") + 1))
        back = pattern.startswith("!") and (hit or rule.startswith(f"{path}/"))
        ignored = not back and (ignored or (hit and not pattern.startswith("!")))
    return ignored


def _matches(path: str, rule: str) -> bool:
    """Return whether a rule means `path`: folder by folder, `**` for any number of them."""
    parts, wanted = path.split("/"), rule.split("/")
    reached = {0}
    for number, name in enumerate(wanted):
        if name == "**" and reached:
            # `data/**` is what lies in data, not data itself.
            reached = set(range(min(reached) + (number == len(wanted) - 1), len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and fnmatchcase(parts[at], name)}
    return len(parts) in reached
