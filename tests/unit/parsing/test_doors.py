"""One reader for each format: nothing in the engine parses TOML, YAML or JSON but its door."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.places import ENGINE

DOORS = {
    "toml": "parsing/plain_data.py",
    "json": "parsing/plain_data.py",
    "yaml": "repository/formats/yaml_data.py",
}
#: Modules that read a format without the door, and why they may.
EXEMPT = {
    ("json", "suite/student/inside/harness.py"): "runs as the student, who must not import the engine; reads what the suite wrote",
    ("json", "environment/source_builds.py"): "a script copied to where packages are installed, without the engine; reads our own file",
    ("json", "environment/stand_ins.py"): "a script copied to where packages are installed, without the engine; reads our own file",
}  # fmt: skip
#: A sample of a group's work: the engine never imports it.
SAMPLE = "demo/project/"
_PARSERS = {
    "tomllib": "toml", "tomli": "toml", "toml": "toml", "tomlkit": "toml", "rtoml": "toml",
    "yaml": "yaml", "_yaml": "yaml", "ruamel": "yaml", "ruamel.yaml": "yaml",
    "simplejson": "json", "orjson": "json", "ujson": "json", "json.decoder": "json", "json.scanner": "json", "_json": "json",
}  # fmt: skip
_LOADS = {"load", "loads", "JSONDecoder", "decoder", "scanner"}


def used(tree: ast.Module) -> set[str]:
    """The formats that a module parses by itself, wherever it imports the parser and under whatever name."""
    return set(_formats(tree))


def _formats(tree: ast.Module) -> Iterator[str]:
    json_names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _of(alias.name)
                if alias.name == "json":
                    json_names.add(alias.asname or "json")
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from _of(node.module)
            if node.module == "json" and {alias.name for alias in node.names} & {*_LOADS, "*"}:
                yield "json"
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            # import_module("tomllib"), __import__("yaml")
            called = ast.unparse(node.func).rpartition(".")[2]
            if called in ("import_module", "__import__"):
                name = str(node.args[0].value)
                yield from ["json"] if name == "json" else _of(name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in json_names and node.attr in _LOADS:
                yield "json"
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "getattr":
            yield from ["json"] if ast.unparse(node.args[0]) in json_names else []


def _of(module: str) -> Iterator[str]:
    for name in (module, module.partition(".")[0]):
        if name in _PARSERS:
            yield _PARSERS[name]
            return


def engine() -> dict[str, set[str]]:
    files = {path.relative_to(ENGINE).as_posix(): path for path in ENGINE.rglob("*.py")}
    return {
        name: used(ast.parse(path.read_text(encoding="utf-8")))
        for name, path in files.items()
        if not name.startswith(SAMPLE)
    }


def test_each_format_is_parsed_at_its_door_alone() -> None:
    found = {(kind, name) for name, kinds in engine().items() for kind in kinds}
    doors = set(DOORS.items())
    assert doors <= found, "a door that parses nothing"
    assert found - doors - set(EXEMPT) == set(), "use `parse_toml`, `parse_json` or `parse_yaml`"


def test_no_exemption_is_left_over() -> None:
    found = {(kind, name) for name, kinds in engine().items() for kind in kinds}
    assert set(EXEMPT) <= found


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("import tomllib", {"toml"}),
        ("def f():\n    from tomllib import loads as read", {"toml"}),
        ("import json as j\nj.loads('')", {"json"}),
        ("from json import load", {"json"}),
        ("import json\nread = json.loads", {"json"}),
        ("import json.decoder", {"json"}),
        ("import json\ngetattr(json, 'loads')", {"json"}),
        ("import json\njson.dumps({})", set()),
        ("if x:\n    import yaml.loader", {"yaml"}),
        ("import importlib\nimportlib.import_module('yaml')", {"yaml"}),
        ("data = view.yaml('a')", set()),
    ],
)
def test_every_spelling_of_a_parser_is_seen(code: str, kinds: set[str]) -> None:
    assert used(ast.parse(code)) == kinds
