"""M7: uses of the exercise's code that mypy has to accept, and uses that it has to refuse, by the function that they are of."""

import os
import re
import secrets

#: Each line is a use of its own.
RIGHT_POINTS = (
    ("distance", "a: float = distance((1.0, 2.0), (3.0, 4.0))"),
    ("centre", "a: tuple[float, float] = centre([(1.0, 2.0), (3.0, 4.0)])"),
    ("nearest", "a = nearest((1.0, 2.0), [(3.0, 4.0)]); b: float = 0.0 if a is None else a[0]"),
    ("slope", "a: float = slope([(1.0, 2.0), (3.0, 4.0)])"),
    ("slope", "a: float = slope([(1.0, 2.0), (3.0, 4.0)], default=1.5)"),
    ("moved", "a = [x + y for x, y in moved([(1.0, 2.0)], lambda p: (p[1], p[0]))]"),
    ("Path", "a: float = Path([(1.0, 2.0)]).length()"),
    ("Path", "a = Path(); a.add((1.0, 2.0)); b: float = a.length()"),
)
WRONG_POINTS = (
    ("distance", "distance((1.0, 2.0), 3.0)"),
    ("distance", "distance('north', (1.0, 2.0))"),
    ("distance", "a: str = distance((1.0, 2.0), (3.0, 4.0))"),
    ("centre", "centre(3.0)"),
    ("centre", "a: int = centre([(1.0, 2.0)])"),
    ("nearest", "nearest(3.0, [(1.0, 2.0)])"),
    ("nearest", "nearest((1.0, 2.0), 3.0)"),
    ("nearest", "a: float = nearest((1.0, 2.0), [(3.0, 4.0)])[0]"),
    ("slope", "slope([(1.0, 2.0)], default='flat')"),
    ("slope", "a: str = slope([(1.0, 2.0)])"),
    ("moved", "moved([(1.0, 2.0)], 3.0)"),
    ("moved", "a: str = moved([(1.0, 2.0)], lambda p: p)"),
    ("Path", "Path(3.0)"),
    ("Path", "Path().add(3.0)"),
    ("Path", "a: str = Path().length()"),
)
RIGHT_NETWORK = (
    ("Network", "Network(784, 10, [512, 256])"),
    ("Network", "Network(784, 10, [512, 256], 0.2)"),
)
WRONG_NETWORK = (
    ("Network", "Network('784', 10, [512])"),
    ("Network", "Network(784, None, [512])"),
    ("Network", "Network(784, 10, 512)"),
    ("Network", "Network(784, 10, ['512'])"),
    ("Network", "Network(784, 10, [512], 'half')"),
)
#: Ours, whatever the repository's say.
_SETTINGS = (
    "--config-file=",
    f"--cache-dir={os.devnull}",
    "--no-site-packages",
    "--ignore-missing-imports",
    "--disallow-untyped-defs",
    "--disallow-incomplete-defs",
    "--check-untyped-defs",
    "--disallow-untyped-decorators",
    "--disallow-any-explicit",
    "--strict-equality",
    "--no-error-summary",
    "--no-color-output",
    "--hide-error-context",
    "--no-pretty",
)
_FINDING = re.compile(r"^(?P<path>[^:\n]+):(?P<line>\d+)(?::\d+)?: error: (?P<text>.+)$", re.MULTILINE)


def with_uses(text, uses):
    """A program with a function for each use behind it, and the numbers of the lines of the uses."""
    lines, places = text.rstrip("\n").split("\n"), []
    for _, use in uses:
        lines += ["", f"def _{secrets.token_hex(8)}() -> None:", f"    {use}"]
        places.append(len(lines))
    return "\n".join(lines) + "\n", places


def findings(student, paths, *, strict):
    """What mypy finds by our settings: `(path, line, text)`; an assertion fails where it finds out nothing."""
    settings = [*_SETTINGS, *(["--disallow-any-generics"] if strict else [])]
    done = student.run_tool("mypy", [*settings, "--", *paths], timeout=90, cpu_s=60)
    found = [
        (one["path"].replace("\\", "/"), int(one["line"]), one["text"])
        for one in _FINDING.finditer(done.stdout)
    ]
    assert done.returncode in (0, 1), (
        f"mypy cannot read the code: {(done.stdout + done.stderr).strip()[:300]}"
    )
    assert found or done.returncode == 0, f"mypy cannot check the code: {done.stdout.strip()[:300]}"
    return found
