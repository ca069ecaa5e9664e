"""M13: networks of sizes that nobody has seen, and what traces and tables of the PyTorch profiler say of them."""

import re
from itertools import pairwise

#: Stands in for torchvision, whose networks are large: ResNet18 is a wide one of the check, all others are a deep one.
_TORCHVISION = r"""
import sys, types

from torch import nn

def _network(width, layers):
    linear = [nn.Linear(width, width) for _ in range(layers - 1)]
    first = [nn.Conv2d(3, width, 7, stride=16), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*first, *linear, nn.Linear(width, 1000))

class _Weights:
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

def _made(name):
    if name.startswith("__"):
        raise AttributeError(name)
    if name.endswith("_Weights"):
        return _Weights()
    return lambda *given, **named: _network(*(WIDE if name == "resnet18" else DEEP))

models = types.ModuleType("torchvision.models")
models.__getattr__ = _made
sys.modules["torchvision.models"] = models
"""

#: What a trace tells: how many linear operations got each size, the sizes of all, and records of memory.
READ = r"""
import gzip, json

result = {}
for path in paths:
    try:
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8", errors="replace") as file:
            data = json.loads(file.read(60_000_000))
        events = data["traceEvents"]
        passed, sizes, memory = {}, set(), 0
        for one in events:
            name, given = str(one.get("name")), one.get("args") or {}
            memory += name == "[memory]"
            if name in ("aten::linear", "aten::addmm"):
                shapes = given.get("Input Dims") or given.get("Input dims") or []
                found = {size for shape in shapes if isinstance(shape, list) for size in shape if isinstance(size, int)}
                sizes |= found
                for size in found if name == "aten::linear" else ():
                    passed[str(size)] = passed.get(str(size), 0) + 1
        result[path] = {"linear": passed, "memory": memory, "sizes": sorted(sizes)[:200]}
    except Exception:
        pass  # The file may be anything: what is no trace has no passes.
"""

#: The linear layers of the wide and of the deep network that get its width, in each pass.
LAYERS = 2, 4
_WIDTHS = re.compile(r"^(WIDE|DEEP)\s*(?::[^=\n]+)?=\s*\([^)\n]*\)", re.MULTILINE)
_CELLS = re.compile(r"\s{2,}")
_TIME = re.compile(r"([\d.]+)(us|ms|s)$")
_BYTES = re.compile(r"(-?[\d.]+)\s*(B|b|KB|Kb|MB|Mb|GB|Gb)$")
_UNITS = {"us": 1, "ms": 1e3, "s": 1e6, "b": 1, "kb": 2**10, "mb": 2**20, "gb": 2**30}


def networks(submission):
    """The files that define the exercise's two networks."""
    return [file for file in submission.python_files() if len(_WIDTHS.findall(file.text)) == 2]


def with_widths(text, wide, deep):
    """The text of such a file with other widths: one wide layer, and three deep ones."""
    sizes = {"WIDE": (wide,), "DEEP": (deep,) * 3}
    return _WIDTHS.sub(lambda found: f"{found.group(1)} = {sizes[found.group(1)]}", text)


def torchvision(wide, deep):
    """The source of the stand-in for torchvision, with networks of these widths."""
    return f"WIDE, DEEP = {(wide, LAYERS[0])}, {(deep, LAYERS[1])}\n{_TORCHVISION}"


def tables(text):
    """The tables of the profiler in a text: for each the names of its columns and its rows of cells."""
    found, head, rules = [], None, 0
    for line in text[:400_000].splitlines():
        if re.fullmatch(r"\s*-{5,}(?:\s+-{3,})+\s*", line):
            rules += 1
            if rules == 3:
                head, rules = None, 0
            continue
        cells = _CELLS.split(line.strip())
        if rules == 1:
            head = cells
            found.append((head, []))
        elif rules == 2 and head and len(cells) == len(head):
            found[-1][1].append(cells)
    return found


def column(table, name):
    """The numbers of a column of times or sizes; empty where there is none."""
    head, rows = table
    if name not in head:
        return []
    at = head.index(name)
    return [_number(row[at]) for row in rows]


def _number(cell):
    found = _TIME.match(cell) or _BYTES.match(cell)
    return float(found.group(1)) * _UNITS[found.group(2).lower()] if found else 0.0


def falls(numbers):
    """Whether numbers come with the largest first; of few nobody can tell."""
    return len(numbers) > 3 and all(a >= b for a, b in pairwise(numbers))
