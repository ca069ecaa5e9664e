"""M29: how many workers a loader is really given: in its call, by a table, a default, a configuration, a command line."""

import ast
import re

LOADERS = ("DataLoader", "StatefulDataLoader", "ImageDataLoaders", "LightningDataModule.from_datasets")
#: The place of the number among the positional arguments of PyTorch's own loader.
_POSITION = 5
#: What other libraries call the number, and by what their loaders are known.
_KEYWORDS = ("num_workers", "dataloader_num_workers", "num_loader_workers")
_NAMED_AS_LOADER = re.compile(r"load|data", re.IGNORECASE)
_ASSIGNED = re.compile(r"(?:--?|\+{1,2})?([A-Za-z_][\w.-]*)=(\d{1,4})")
_MOST_STEPS = 60


def loaders(submission):
    """`(file, call, number)` of each loader; `number` is a list of what the workers may be, None where none are given."""
    settings = Settings(submission)
    found = []
    for file in submission.code(notebooks=True):
        for call in file.calls():
            found += [(file, call, number) for number in _of_call(submission, settings, file, call)]
    return found, settings


def _of_call(submission, settings, file, call):
    name, words = call.name, call.keywords
    if name.rpartition(".")[2] == "partial" and call.args:
        name = file.dotted(call.args[0])
    if name.startswith("super()."):
        name = next((base for one in file.classes if _holds(one.node, call.node) for base in one.bases), name)
    known = any(name == one or name.endswith(f".{one}") for one in LOADERS)
    place = submission.modules.locate(name, file) if "(" not in name else None
    foreign = place is None or not place[1]
    if not known and not (
        foreign and _NAMED_AS_LOADER.search(name) and any(key in words for key in _KEYWORDS)
    ):
        yield from _of_other_libraries(settings, file, call)
        return
    given = [words[key] for key in _KEYWORDS if key in words]
    if not given and name.endswith("DataLoader") and len(call.args) > _POSITION and call.name == name:
        given = [call.args[_POSITION]]
    spread = [keyword.value for keyword in call.node.keywords if keyword.arg is None]
    if given:
        yield settings.numbers(file, given[0])
    elif spread:
        yield [number for one in spread for number in settings.of_table(file, one) or ()] or None
    else:
        yield None


def _of_other_libraries(settings, file, call):
    """The numbers where a library's call loads by several processes under a name of its own."""
    words, last = call.keywords, call.name.rpartition(".")[2]
    if "dataloader_num_workers" in words:
        yield settings.numbers(file, words["dataloader_num_workers"])
    elif last == "load_dataset" and "num_proc" in words:
        yield settings.numbers(file, words["num_proc"])
    elif "num_parallel_calls" in words and file.imports_module("tensorflow"):
        node = words["num_parallel_calls"]
        yield [2] if file.dotted(node).endswith("AUTOTUNE") else settings.numbers(file, node)
    elif (
        "workers" in words
        and last in ("train", "fit")
        and file.imports_module("ultralytics", "keras", "tensorflow")
    ):
        yield settings.numbers(file, words["workers"])


def _holds(node, inner):
    return any(one is inner for one in ast.walk(node))


class Settings:
    """The numbers that names stand for: defaults, fields, tables, configurations, command lines, the environment of images."""

    def __init__(self, submission):
        self._submission = submission
        self.by_name = {}
        self._steps = 0
        for file in submission.code(notebooks=True):
            for name, node, place in _named(file):
                self.by_name.setdefault(name, []).append((file, node, file.evidence(place)))
        self.said = {}
        for config in submission.configs():
            for key, value in config.values.items():
                for name in {part for part in key.split(".") if part not in ("value", "values")}:
                    if name == _last(key) and (number := _plain(value)):
                        self.said.setdefault(name, []).extend((one, config.evidence(key)) for one in number)
        for name, number, place in [*_typed(submission), *_in_images(submission)]:
            self.said.setdefault(name, []).append((number, place))

    def numbers(self, file, node):
        """What an expression may be; of `os.cpu_count()` at least two. Empty where nobody can tell."""
        self._steps = 0
        return [number for number, _ in self._of(file, node)]

    def places(self, name):
        """`(number, place)` of each value of a name."""
        found = list(self.said.get(name, ()))
        self._steps = 0
        for file, node, place in self.by_name.get(name, ()):
            found += [(number, place) for number, _ in self._of(file, node)]
        return found

    def of_table(self, file, node):
        """The numbers of workers in a table that is spread into a call; None where it says nothing of them."""
        tables, known = self._tables(file, node, 0)
        if not known:
            last = _name(node)
            # A configuration's part of that name, or the keywords of a function's callers.
            parts = [config for config in self._submission.configs() if last and _part(config, last)]
            if parts:
                values = [_part(config, last).get("num_workers") for config in parts]
                return [number for value in values for number in _plain(value)] or None
            return [number for number, _ in self.places("num_workers")] or None
        return [number for home, value in tables for number in self.numbers(home, value)] or None

    def _tables(self, file, node, depth):
        """The values of `num_workers` in a table, and whether it is known what is in the table."""
        if depth > 6:
            return [], False
        if isinstance(node, ast.Dict):
            found = [
                (file, value)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and key.value in _KEYWORDS
            ]
            inner = [value for key, value in zip(node.keys, node.values, strict=True) if key is None]
        elif isinstance(node, ast.Call) and file.dotted(node.func) == "dict":
            found = [(file, word.value) for word in node.keywords if word.arg in _KEYWORDS]
            inner = [*node.args, *(word.value for word in node.keywords if word.arg is None)]
        elif isinstance(node, ast.IfExp | ast.BinOp):
            sides = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node.left, node.right)
            found, inner = [], list(sides)
        else:
            home, bound, added = self._bound(file, node)
            if not bound:
                return [], False
            found, inner, file = added, bound, home
        known = True
        for one in inner:
            more, told = self._tables(file, one, depth + 1)
            found, known = found + more, known and told
        return found, known

    def _bound(self, file, node):
        """The file of a table by name, what it is made of, and what is added to it by key."""
        place = (
            self._submission.modules.home(node, file) if isinstance(node, ast.Name | ast.Attribute) else None
        )
        home, name = place or (file, "")
        bound, added = [], []
        for one in ast.walk(home.tree) if name else ():
            for target in one.targets if isinstance(one, ast.Assign) else [getattr(one, "target", None)]:
                value = getattr(one, "value", None)
                if target is None or value is None:
                    continue
                if isinstance(target, ast.Name | ast.Attribute) and ast.unparse(target) == name:
                    bound.append(value)
                elif isinstance(target, ast.Subscript) and ast.unparse(target.value) == name:
                    added += [(home, value)] if _name(target) in _KEYWORDS else []
            updated = (
                isinstance(one, ast.Call)
                and isinstance(one.func, ast.Attribute)
                and one.func.attr == "update"
            )
            if updated and ast.unparse(one.func.value) == name:
                added += [(home, word.value) for word in one.keywords if word.arg in _KEYWORDS]
                bound += one.args
        return home, bound, added

    def _of(self, file, node):
        self._steps += 1
        if self._steps > _MOST_STEPS or node is None:
            return []
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and text.isdigit() and len(text) < 5:
            return [(int(text), None)]
        if isinstance(text, int) and not isinstance(text, bool):
            return [(text, None)]
        if isinstance(node, ast.IfExp | ast.BoolOp):
            sides = node.values if isinstance(node, ast.BoolOp) else (node.body, node.orelse)
            return [one for side in sides for one in self._of(file, side)]
        names = {
            one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in ast.walk(node)
        }
        if names & {"cpu_count", "sched_getaffinity", "process_cpu_count"}:
            return [(2, None)]
        variable = _variable(file, node)
        if variable:
            return list(self.said.get(variable, ())) + self._first(file, node)
        if isinstance(node, ast.Call):
            return self._first(file, node)
        if isinstance(node, ast.BinOp):
            return [*self._of(file, node.left), *self._of(file, node.right)]
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            found = list(self.said.get(_name(node), ()))
            for home, value, _ in self.by_name.get(_name(node), ()):
                found += self._of(home, value) if value is not node else []
            return found
        return []

    def _first(self, file, call):
        """The first number among the arguments: `int(…)`, `min(…)`, `Option(4)`, `getenv("X", "4")`."""
        values = [*getattr(call, "args", ()), *(one.value for one in getattr(call, "keywords", ()))]
        return next((found for one in values if (found := self._of(file, one))), [])


def _named(file):
    """Values by the name that they are given to: `(name, value, place)`."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.arguments):
            positional = [*node.posonlyargs, *node.args]
            pairs = [*zip(positional[len(positional) - len(node.defaults) :], node.defaults, strict=True)]
            pairs += zip(node.kwonlyargs, node.kw_defaults, strict=True)
            yield from ((arg.arg, value, arg) for arg, value in pairs if value is not None)
        elif isinstance(node, ast.AnnAssign | ast.Assign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                yield _name(target), node.value, node
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value, key
        elif isinstance(node, ast.Call):
            first = node.args[0] if node.args else None
            option = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
            for word in node.keywords:
                if word.arg == "default" and option:
                    yield option.lstrip("-").replace("-", "_"), word.value, node
                elif word.arg:
                    yield word.arg, word.value, node


def _name(node):
    """The last name of an expression: `cfg.data.num_workers`, `args["num_workers"]`."""
    if isinstance(node, ast.Subscript):
        return (
            node.slice.value
            if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
            else ""
        )
    if isinstance(node, ast.Call):
        return next((found for one in node.args if (found := _name(one))), "")
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _variable(file, node):
    """The variable of the environment that an expression reads."""
    inner = node
    while isinstance(inner, ast.Call) and file.dotted(inner.func) == "int" and inner.args:
        inner = inner.args[0]
    if (
        isinstance(inner, ast.Call)
        and file.dotted(inner.func) in ("os.getenv", "os.environ.get")
        and inner.args
    ):
        return inner.args[0].value if isinstance(inner.args[0], ast.Constant) else ""
    reads = isinstance(inner, ast.Subscript) and file.dotted(inner.value) == "os.environ"
    return _name(inner) if reads else ""


def _last(key):
    parts = [part for part in key.split(".") if part not in ("value", "values")]
    return parts[-1] if parts else ""


def _plain(value):
    """The numbers in a value of a configuration."""
    several = value if isinstance(value, list) else [value]
    return [one for one in several[:20] if isinstance(one, int) and not isinstance(one, bool)]


def _part(config, name):
    """The part of a configuration under a name."""
    return next(
        (one for key, one in config.values.items() if _last(key) == name and isinstance(one, dict)), None
    )


def _in_images(submission):
    for dockerfile in submission.dockerfiles():
        for name, value in dockerfile.env.items():
            if value.isdigit() and len(value) < 5:
                yield name, int(value), dockerfile.evidence("ENV")


def _typed(submission):
    """What command lines set: `--num-workers=8`, `--num-workers 8`, `data.num_workers=8`, of programs that lead to a loader."""
    leading = _leading(submission)
    for command in submission.commands:
        plain = command.plain
        at = next((at for at, word in enumerate(plain[:20]) if word.endswith(".py")), 0)
        program = plain[at].removeprefix("./") if plain else ""
        module = program.replace(".", "/") + ".py" if not program.endswith(".py") else program
        if not any(path == module or path.endswith(f"/{module}") for path in leading):
            continue
        words = plain[at + 1 :]
        for word, after in zip(words, [*words[1:], ""], strict=False):
            match = _ASSIGNED.fullmatch(word)
            if not match and word.startswith("--") and after.isdigit() and len(after) < 5:
                match = _ASSIGNED.fullmatch(f"{word}={after}")
            if match:
                yield match[1].rpartition(".")[2].replace("-", "_"), int(match[2]), command.evidence


def _leading(submission):
    """The files that hold a loader, and those that import them in turn."""
    files = submission.code()
    imported = {
        file.path: {
            place[0].path
            for name in file.aliases.values()
            if (place := submission.modules.locate(name, file))
        }
        for file in files
    }
    found = {file.path for file in files if file.uses(*LOADERS) or any(_says(call) for call in file.calls())}
    for _ in range(8):
        found |= {path for path, others in imported.items() if others & found}
    return found


def _says(call):
    return any(key in call.keywords for key in _KEYWORDS)
