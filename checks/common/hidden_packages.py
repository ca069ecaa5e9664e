"""A public snippet that hides each package which some requirements do not bring, as if it were not installed.

Everything that somebody declares is in one environment: groups, extras, what the grader needs. `brought(names)` are the
distributions that requirements bring in turn, `hidden(name, there)` says whether a module is of another one, and
`sys.meta_path.insert(0, Hiding(there))` hides these.
"""

HIDING = r"""
import contextlib, importlib.metadata, re

def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()

def brought(names):
    # Every distribution that these bring in turn, with the extras that they ask for.
    found, left = set(), [(plain(name), tuple(more)) for name, more in names]
    while left:
        name, more = left.pop()
        if (name, more) in found:
            continue
        found.add((name, more))
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            for line in importlib.metadata.requires(name) or []:
                wanted, _, marker = line.partition(";")
                parts = re.match(r"\s*([\w.-]+)\s*(?:\[([^\]]*)\])?", wanted)
                extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)", marker)
                if parts and (not extra or plain(extra[1]) in map(plain, more)):
                    inner = tuple(sorted(one.strip() for one in (parts[2] or "").split(",") if one.strip()))
                    left.append((plain(parts[1]), inner))
    return {name for name, _ in found}

homes = importlib.metadata.packages_distributions()

def hidden(name, there):
    of = homes.get(name.partition(".")[0])
    return bool(of) and not any(plain(one) in there for one in of)

class Hiding:
    def __init__(self, there):
        self.there = there

    def find_spec(self, name, path=None, target=None):
        if hidden(name, self.there):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
"""
