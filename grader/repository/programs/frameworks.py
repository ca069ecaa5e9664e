"""Command lines of argparse, Fire, Hydra, absl and Lightning."""

from __future__ import annotations

import ast
import posixpath

from grader.repository.programs.program_parts import MAX_ITEMS, Parts, parameters
from grader.repository.python.module_index import Modules, written
from grader.repository.python.nodes import Call, Function
from grader.repository.python.python_file import PythonFile

#: Libraries that derive the command line from types: its existence is known, its options are not.
_OTHERS = (
    ("tyro", ("tyro.cli",)),
    ("jsonargparse", ("jsonargparse.CLI", "jsonargparse.auto_cli", "jsonargparse.ArgumentParser")),
    ("simple_parsing", ("simple_parsing.parse", "simple_parsing.ArgumentParser")),
    ("transformers", ("transformers.HfArgumentParser",)),
    ("docopt", ("docopt.docopt",)),
    ("cyclopts", ("cyclopts.App", "cyclopts.run")),
    ("defopt", ("defopt.run",)),
    ("plac", ("plac.call",)),
    ("cleo", ("cleo.application.Application",)),
    ("omegaconf", ("omegaconf.OmegaConf.from_cli",)),
    ("optparse", ("optparse.OptionParser",)),
)
_HYDRA = (
    *(
        "--help",
        "-h",
        "--hydra-help",
        "--version",
        "--cfg",
        "-c",
        "--resolve",
        "--package",
        "-p",
        "--run",
        "-r",
    ),
    *(
        "--multirun",
        "-m",
        "--config-path",
        "-cp",
        "--config-name",
        "-cn",
        "--config-dir",
        "-cd",
        "--info",
        "-i",
    ),
    *("--shell-completion", "-sc", "--experimental-rerun"),
)
#: How many classes of objects that Fire finds in each other are followed.
_MOST = 20
_LIGHTNING = ("fit", "validate", "test", "predict")


def argparse(file: PythonFile, modules: Modules) -> Parts | None:
    """Return the options of every parser of a file, sub-parsers included; None without a parser."""
    made = file.calls("argparse.ArgumentParser")
    if not made:
        return None
    parts = Parts(made[0].line, ["-h", "--help"])
    for call in file.calls("add_argument")[:MAX_ITEMS]:
        names = [modules.text(file, arg) for arg in call.args if not isinstance(arg, ast.Starred)]
        known = [name[:100] for name in names if name]
        options = [name for name in known if name.startswith("-")]
        parts.options += options
        parts.positionals += known[:1] if not options else []
        if "BooleanOptionalAction" in ast.dump(call.keywords.get("action", ast.Constant(""))):
            parts.options += [f"--no-{name[2:]}" for name in options if name.startswith("--")]
        rest = ast.dump(call.keywords.get("nargs", ast.Constant("")))
        # Options that stand behind the rest belong to another program.
        parts.open = parts.open or len(known) < len(call.args) or not known or "REMAINDER" in rest
    for call in file.calls("add_parser"):
        name = modules.text(file, call.args[0]) if call.args else None
        parts.commands += [name[:100]] if name else []
        parts.open = parts.open or name is None
    parts.open = parts.open or any("parents" in call.keywords for call in [*made, *file.calls("add_parser")])
    unknown_too = file.calls("parse_known_args") or file.calls("parse_known_intermixed_args")
    parts.open = parts.open or bool(unknown_too) or _given_away(file, modules)
    return parts


def _given_away(file: PythonFile, modules: Modules) -> bool:
    """Return whether a parser is passed to code of another file or a library, which may add options to it."""
    parsers = {
        name
        for name, value in modules.assigned(file).items()
        if isinstance(value, ast.Call)
        and file.dotted(value.func).rpartition(".")[2]
        in ("ArgumentParser", "add_parser", "add_argument_group")
    }
    for call in file.calls():
        values = [*call.args, *call.keywords.values()]
        if any(written(node) in parsers for node in values):
            place = modules.home(call.node.func, file)
            if place is None or place[0] is not file or not place[0].functions.get(place[1]):
                return True
    return False


def fire(file: PythonFile, modules: Modules) -> Parts | None:
    """Return the options that Fire derives from functions, classes and tables of them; None without `fire.Fire`."""
    calls = file.calls("fire.Fire")
    if not calls:
        return None
    parts = Parts(calls[0].line, ["--help"])
    for call in calls:
        target = call.keywords.get("component") or (call.args[0] if call.args else None)
        if target is None:
            for function in file.functions:
                if "." not in function.qualname:
                    parts.commands.append(function.name)
                    _fired(function, parts)
            parts.open = True
        elif isinstance(target, ast.Dict):
            for key, value in zip(target.keys, target.values, strict=True):
                name = modules.text(file, key)
                parts.commands += [name[:100]] if name else []
                _component(file, modules, value, parts, set(), command=False)
        else:
            _component(file, modules, target, parts, set(), command=True)
    return parts


def _component(
    file: PythonFile, modules: Modules, node: ast.expr, parts: Parts, seen: set[object], *, command: bool
) -> None:
    place = modules.home(node.func if isinstance(node, ast.Call) else node, file)
    function = place[0].functions.get(place[1]) if place else None
    cls = place[0].classes.get(place[1]) if place else None
    if place and cls:
        if place in seen:
            return
        seen.add(place)
        for method in cls.methods:
            if not method.name.startswith("_") and command:
                parts.commands.append(method.name)
            if not method.name.startswith("_") or method.name == "__init__":
                _fired(method, parts)
        parts.open = parts.open or bool(cls.bases) or bool(cls.decorators) or len(seen) > _MOST
        # Fields of a dataclass; grouped commands are objects that a class keeps.
        for item in ast.walk(cls.node) if len(seen) <= _MOST else ():
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                parts.options.append(f"--{item.target.id}")
            if isinstance(item, ast.Assign | ast.AnnAssign) and isinstance(item.value, ast.Call):
                inside = modules.home(item.value.func, place[0])
                if inside and inside[0].classes.get(inside[1]):
                    _component(place[0], modules, item.value, parts, seen, command=command)
    elif function:
        _fired(function, parts)
    else:
        parts.open = True


def _fired(function: Function, parts: Parts) -> None:
    for item in parameters(function):
        # Fire accepts both spellings, and any parameter by position.
        parts.options += [f"--{item.name}", f"--{item.name.replace('_', '-')}"]
        parts.positionals.append(item.name)
    parts.open = parts.open or function.node.args.kwarg is not None


def hydra(file: PythonFile, modules: Modules) -> Parts | None:
    """Return the command line of `@hydra.main`: `configs` are the possible paths of its configuration; None without it."""
    calls = file.calls("hydra.main")
    if not calls:
        return None
    parts = Parts(calls[0].line, list(_HYDRA))
    for call in calls:
        parts.configs += hydra_configs(file, modules, call)
    return parts


def hydra_configs(file: PythonFile, modules: Modules, call: Call) -> list[str]:
    """Return the files (from the root of the repository) that a call with `config_path` and `config_name` may load."""
    folder = config_folder(file, modules, call)
    words = call.keywords
    name_node = words.get("config_name") or (call.args[1] if len(call.args) > 1 else None)
    name = modules.text(file, name_node)
    if folder is None or not name:
        return []
    stem = name.removesuffix(".yaml").removesuffix(".yml")
    path = posixpath.normpath(posixpath.join(folder, stem))
    return [] if path.split("/")[0] == ".." else [f"{path}.yaml", f"{path}.yml"]


def config_folder(file: PythonFile, modules: Modules, call: Call) -> str | None:
    """Return the folder that Hydra is given, from the root of the repository (`""`); None if it is unknown."""
    words = call.keywords
    node = words.get("config_path") or words.get("config_dir") or (call.args[0] if call.args else None)
    text = modules.text(file, node)
    if text is None:
        return None
    if text.startswith("pkg://"):
        package = modules.module(text.removeprefix("pkg://").replace("/", "."), file)
        return posixpath.dirname(package.path) if package else None
    # Relative to the calling file; an absolute path of `Modules.text` starts at the root of the repository.
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), text))
    if joined.split("/")[0] == "..":
        return None
    return joined.strip("/") if joined != "." else ""


def absl(file: PythonFile, modules: Modules) -> Parts | None:
    """Return the flags that a file defines with absl; None without `app.run`."""
    runs = file.calls("absl.app.run")
    if not runs:
        return None
    parts = Parts(runs[0].line, ["--help", "--helpfull", "--flagfile"], open=True)
    for call in file.calls():
        if not call.name.startswith("absl.flags.DEFINE_"):
            continue
        name = modules.text(file, call.keywords.get("name") or (call.args[0] if call.args else None))
        short = modules.text(file, call.keywords.get("short_name"))
        if name:
            parts.options.append(f"--{name[:100]}")
            parts.options += [f"--no{name[:100]}"] if call.name.endswith(("_boolean", "_bool")) else []
        parts.options += [f"-{short[:10]}"] if short else []
    return parts


def lightning(file: PythonFile, modules: Modules) -> Parts | None:
    """Return the sub-commands of LightningCLI; options are derived from classes, so `open` is set."""
    for name in ("LightningCLI", "cli.LightningCLI"):
        calls = file.calls(name)
        if calls:
            return Parts(
                calls[0].line,
                ["--help", "-h", "--config", "-c", "--print_config"],
                commands=list(_LIGHTNING),
                open=True,
            )
    return None


def unknown(file: PythonFile) -> tuple[str, int] | None:
    """Return another library that reads the command line, and the line of its call."""
    for library, names in _OTHERS:
        for name in names:
            calls = file.calls(name)
            if calls:
                return library, calls[0].line
    return None
