"""M2: a public snippet that runs a script with what is declared and nothing else, and what its report has to say of a table.

A package that no dependency of the project brings is hidden from the script.
"""

import re

from ..common.hidden_packages import HIDING

RUN = (
    HIDING
    + r"""
import io, os, sys, traceback, types

there = brought(declared)
for name in [one for one in sys.modules if hidden(one, there)]:
    del sys.modules[name]
sys.meta_path.insert(0, Hiding(there))
folder = os.path.dirname(os.path.abspath(path))
sys.path.insert(0, folder)
sys.argv = [path, *arguments]
main = types.ModuleType("__main__")
main.__file__ = os.path.abspath(path)
before, sys.modules["__main__"] = sys.modules["__main__"], main
out, said, error, code = io.StringIO(), io.StringIO(), "", 0
try:
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said), open(path, encoding="utf-8-sig") as file:
        exec(compile(file.read(), path, "exec"), vars(main))
except SystemExit as end:
    code = end.code if isinstance(end.code, int) else int(end.code is not None)
    said.write("" if end.code is None or isinstance(end.code, int) else str(end.code))
except BaseException as problem:
    code, error = 1, f"{type(problem).__name__}: {problem}"[:400]
sys.modules["__main__"] = before
versions, shadowed = {}, []
for name, module in sorted(sys.modules.items()):
    if "." in name or name not in homes or hidden(name, there):
        continue
    place = getattr(module, "__file__", None) or ""
    if place.startswith(os.getcwd() + os.sep) and "site-packages" not in place:
        shadowed.append(name)
        continue
    for one in homes[name]:
        if plain(one) in there:
            versions[plain(one)] = importlib.metadata.version(one)
result = {
    "printed": out.getvalue()[:20_000], "said": said.getvalue()[-4_000:], "error": error, "code": code,
    "versions": versions, "shadowed": shadowed[:10],
}
"""
)

#: In the place of what only an extra of the course's exercise brings, which is not installed: whatever is asked of it is there.
STAND_IN = """
class _Anything:
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *values, **options):
        return self

    def __getitem__(self, key):
        return self

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0


__version__ = "0"


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _Anything()
"""

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?")
#: Two decimals are enough.
_NEAR = 0.0051


def readings(rng):
    """A table that nobody has seen: its text, and of each sensor how many readings there are, their median and their slope."""
    wanted, rows = {}, []
    names = sorted(
        {f"s{''.join(rng.choices('bcdfghjklmnpqrstvwxz', k=6))}" for _ in range(rng.randrange(3, 6))}
    )
    for name in names:
        start, slope = rng.uniform(-20, 20), rng.uniform(-3, 3)
        hours = sorted(rng.sample(range(30), rng.randrange(5, 12)))
        values = [round(start + slope * hour + rng.gauss(0, 2), 1) for hour in hours]
        rows += [(name, hour, value) for hour, value in zip(hours, values, strict=True)]
        wanted[name] = (len(values), _median(values), _slope(hours, values))
    rng.shuffle(rows)
    return "sensor,hour,value\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows), wanted


def _median(values):
    order, half = sorted(values), len(values) // 2
    return order[half] if len(order) % 2 else (order[half - 1] + order[half]) / 2


def _slope(hours, values):
    middle, mean = sum(hours) / len(hours), sum(values) / len(values)
    top = sum((x - middle) * (y - mean) for x, y in zip(hours, values, strict=True))
    return top / sum((x - middle) ** 2 for x in hours)


def missing_of(printed, wanted):
    """What a report does not say, in words; empty if each sensor has its line with its three numbers."""
    lines = printed.splitlines()
    for name, numbers in wanted.items():
        mine = [line for line in lines if name in line]
        if not mine:
            return "a sensor has no line"
        found = [[float(one) for one in _NUMBER.findall(line.replace(name, " "))] for line in mine]
        for what, number in zip(("number of readings", "median", "gain in an hour"), numbers, strict=True):
            if not any(abs(one - number) <= _NEAR for line in found for one in line):
                return f"the {what} of a sensor is not in its line"
        if len(mine) > 1 or len(found[0]) > len(numbers) + 2:
            return "much else is printed beside the numbers of a sensor"
    return ""
