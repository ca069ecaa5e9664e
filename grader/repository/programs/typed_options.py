"""Command lines that are declared by functions: Typer and Click."""

from __future__ import annotations

import ast

from grader.repository.programs.program_parts import Parameter, Parts, dashed, flags, is_bool, parameters
from grader.repository.python.module_index import Modules, written
from grader.repository.python.nodes import Call, Decorator, Function
from grader.repository.python.python_file import PythonFile

#: Types of parameters that the framework fills in.
_CONTEXTS = ("Context", "CallbackParam")
#: Options that Click has ready, by decorator.
_READY = {"confirmation_option": ("--yes",), "password_option": ("--password",)}
_REGISTERS = ("registered_commands", "registered_groups")
#: Decorators that add no options; others may add some, which are then unknown.
_PLAIN_DECORATORS = (
    "click",
    "typer",
    "torch",
    "functools",
    "logging",
    "loguru",
    "wandb",
    "hydra",
    "beartype",
)


def typer(file: PythonFile, modules: Modules) -> Parts | None:
    """Return the command line of a Typer application or of `typer.run`; None if there is neither."""
    if not file.imports_module("typer"):
        return None
    built = {
        name: value for name, value in modules.assigned(file).items() if _makes(file, value, "typer.Typer")
    }
    apps = set(built)
    parts = Parts(open=any(_is_wider(file, modules, value) for value in built.values()))
    named: dict[str, Function] = {}
    groups = False
    for function in file.functions:
        for decorator, node in zip(function.decorators, function.node.decorator_list, strict=True):
            owner = node.func if isinstance(node, ast.Call) else node
            if not isinstance(owner, ast.Attribute) or owner.attr not in ("command", "callback"):
                continue
            if not _is_app(owner.value, file, modules, apps):
                continue
            parts.line = parts.line or function.line
            _signature(file, modules, function, parts)
            if owner.attr == "command":
                named[_command_name(file, modules, decorator, function.name)] = function
            else:
                groups = True
    for call in file.calls():
        last = call.name.rpartition(".")[2]
        inner = call.node.func
        target = call.args[0] if call.args else None
        if call.name == "typer.run" and target is not None:
            _run(file, modules, target, call, parts)
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and target is not None:
            # app.command("train")(train)
            function_ = file.functions.get(written(target))
            if inner.func.attr == "command" and written(inner.func.value) in apps:
                parts.line = parts.line or call.line
                if function_:
                    _signature(file, modules, function_, parts)
                    made = Decorator(file.dotted(inner.func), call.line, Call("", call.line, inner))
                    named[_command_name(file, modules, made, function_.name)] = function_
                else:
                    parts.open = True
        elif last == "add_typer" and call.args:
            groups = True
            name = modules.text(file, call.keywords.get("name"))
            parts.line = parts.line or call.line
            if name:
                parts.commands.append(name[:100])
            parts.open = parts.open or written(call.args[0]) not in apps
    if parts.line is None:
        return None
    # `app.registered_commands += other.registered_commands`
    parts.open = parts.open or any(name.rpartition(".")[2] in _REGISTERS for name in file.names)
    # With a single command, Typer uses the options of the command without its name.
    if len(named) > 1 or groups:
        parts.commands.extend(named)
    else:
        parts.alone.extend(named)
    parts.options += ["--help", "--install-completion", "--show-completion"]
    return parts


def click(file: PythonFile, modules: Modules) -> Parts | None:
    """Return the command line of Click commands and groups; None if there are none."""
    if not file.imports_module("click", "rich_click", "asyncclick"):
        return None
    parts = Parts()
    members: list[str] = []
    for function in file.functions:
        kinds = [
            item
            for item in function.decorators
            if item.name.rpartition(".")[2] in ("command", "group")
            and (item.name.partition(".")[0] in ("click", "rich_click", "asyncclick") or _has_click(function))
        ]
        if not kinds:
            continue
        parts.line = parts.line or function.line
        _declared(file, modules, function, parts)
        for item in kinds:
            root = item.name.rpartition(".")[0]
            if root not in ("click", "rich_click", "asyncclick"):
                members.append(_command_name(file, modules, item, function.name))
    parts.open = parts.open or bool(file.calls("click.Option"))
    for call in file.calls("add_command"):
        parts.line = parts.line or call.line
        target = file.functions.get(written(call.args[0])) if call.args else None
        name = modules.text(file, call.keywords.get("name") or (call.args[1] if len(call.args) > 1 else None))
        if target is None:
            parts.open = True
        kind = next((item for item in target.decorators if "command" in item.name), None) if target else None
        if name or (target and kind):
            members.append(name or _command_name(file, modules, kind, target.name))  # type: ignore[union-attr, arg-type]
    if parts.line is None:
        return None
    parts.commands += [name[:100] for name in members]
    parts.options.append("--help")
    return parts


def _makes(file: PythonFile, value: ast.expr, name: str) -> bool:
    return isinstance(value, ast.Call) and file.dotted(value.func) == name


def _is_app(node: ast.expr, file: PythonFile, modules: Modules, apps: set[str]) -> bool:
    """Return whether an expression is a Typer application, of this or another file."""
    if written(node) in apps:
        return True
    place = modules.home(node, file)
    if place is None or place[0] is file:
        return False
    value = modules.assigned(place[0]).get(place[1])
    return value is not None and _makes(place[0], value, "typer.Typer")


def _run(file: PythonFile, modules: Modules, target: ast.expr, call: Call, parts: Parts) -> None:
    parts.line = parts.line or call.line
    place = modules.home(target, file)
    function = place[0].functions.get(place[1]) if place else None
    if place and function:
        _signature(place[0], modules, function, parts)
    else:
        parts.open = True


def _command_name(file: PythonFile, modules: Modules, decorator: Decorator, function: str) -> str:
    call = decorator.call
    node = (call.keywords.get("name") or (call.args[0] if call.args else None)) if call else None
    return (modules.text(file, node) or dashed(function))[:100]


def _is_wider(file: PythonFile, modules: Modules, made: ast.expr) -> bool:
    """Return whether what an application, group or command is made with may let more options in: a class, its settings."""
    words = {word.arg: word.value for word in made.keywords} if isinstance(made, ast.Call) else {}
    settings = words.get("context_settings")
    settings = modules.assigned(file).get(written(settings), settings) if settings else None
    unread = settings is not None and not isinstance(settings, ast.Dict | ast.Call)
    return "cls" in words or unread or (settings is not None and "ignore_unknown" in ast.dump(settings))


def _signature(file: PythonFile, modules: Modules, function: Function, parts: Parts) -> None:
    """Add the options that Typer derives from a function's parameters."""
    if function.node.args.kwarg or any(
        _is_wider(file, modules, item) for item in function.node.decorator_list
    ):
        parts.open = True
    for item in parameters(function):
        annotation, declared = _annotated(file, modules, item)
        if annotation is not None and file.dotted(annotation).rpartition(".")[2] in _CONTEXTS:
            continue
        kind = file.dotted(declared.func).rpartition(".")[2] if declared else ""
        if kind == "Argument" or (not kind and item.default is None):
            parts.positionals.append(item.name)
            continue
        # The first argument of a default is the value: `typer.Option("-")`.
        skip = 1 if declared is item.default else 0
        given = (
            [arg.value for arg in declared.args[skip:] if isinstance(arg, ast.Constant)] if declared else []
        )
        names = flags([text for text in given if isinstance(text, str)])
        if not names:
            names = [f"--{dashed(item.name)}"]
            if is_bool(file, annotation, item.default):
                names.append(f"--no-{dashed(item.name)}")
        parts.options += names


def _annotated(
    file: PythonFile, modules: Modules, item: Parameter
) -> tuple[ast.expr | None, ast.Call | None]:
    """Return the type of a parameter, and the call of `typer.Option` or `typer.Argument` that declares it."""
    calls = [item.default]
    annotation = item.annotation
    # `Verbose = Annotated[bool, typer.Option()]`, in this or another file.
    place = modules.home(annotation, file) if annotation is not None else None
    if place and isinstance(known := modules.assigned(place[0]).get(place[1]), ast.Subscript):
        file, annotation = place[0], known
    if isinstance(annotation, ast.Subscript) and file.dotted(annotation.value).endswith("Annotated"):
        inside = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        annotation, calls = inside[0], [*calls, *inside[1:]]
    for call in calls:
        if isinstance(call, ast.Call) and file.dotted(call.func).rpartition(".")[2] in ("Option", "Argument"):
            return annotation, call
    return annotation, None


def _has_click(function: Function) -> bool:
    """Return whether a function with `@cli.command()` belongs to Click: its group does, or it has options of Click."""
    return not any(item.name.startswith("typer.") for item in function.decorators)


def _declared(file: PythonFile, modules: Modules, function: Function, parts: Parts) -> None:
    for item in function.decorators:
        last = item.name.rpartition(".")[2]
        if item.call is None or last not in ("option", "argument"):
            foreign = item.name.partition(".")[0] not in _PLAIN_DECORATORS
            parts.open = parts.open or (foreign and last not in ("command", "group", "callback"))
            parts.options += _READY.get(last, ())
            continue
        names = [modules.text(file, arg) for arg in item.call.args]
        known = [name for name in names if name]
        if last == "argument":
            parts.positionals += known[:1]
        else:
            parts.options += flags(known)
        parts.open = parts.open or not known
    made = [item.call.node for item in function.decorators if item.call]
    parts.open = parts.open or any(_is_wider(file, modules, node) for node in made)
