"""Check the arguments of a program: options against its parser, Hydra's overrides against the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from posixpath import basename, dirname

from grader.exam.claims.places.path_index import Tree
from grader.inventory import ConfigFacts, Inventory, ProgramFacts
from grader.results import ClaimVerdict

_OVERRIDE = re.compile(r"(?P<force>\+{0,2})(?P<key>[A-Za-z_][\w./-]*)(?:@[\w.]+)?=(?P<value>.*)", re.S)
#: Placeholder names.
_EXAMPLE = re.compile(r"^(?:my|new|your|some|exp\w*|test|run|name|custom|foo|config)[\w-]*$|x{2,}", re.I)
_ALWAYS = {"--help", "-h", "--version", "--install-completion", "--show-completion"}
#: Modules that add configurations without a file, and options of Hydra that choose another one.
_STORES = ("hydra.core.config_store", "hydra_zen")
_CHOOSES = {"--config-name", "-cn", "--config-path", "-cp", "--config-dir", "-cd"}
_OPTION = re.compile(r"(--?[A-Za-z][\w.-]*)(?:=.*)?", re.S)
_COMMAND = re.compile(r"[a-z][a-z0-9_-]{0,60}")
#: Endings that some versions of Click take off the name of a function.
_SUFFIXES = ("-command", "-cmd", "-group", "-grp")
_PLAIN = re.compile(r"[\w./-]+")

Told = tuple[ClaimVerdict, str]


def options(program: ProgramFacts, rest: Sequence[str]) -> list[Told]:
    """Return a verdict for each option; nothing is contradicted unless the parser is fully known."""
    known = {*program.options, *_ALWAYS}
    told: list[Told] = []
    # What stands behind `--` are arguments, with Fire its own flags.
    for word in takewhile(lambda word: word != "--", rest):
        match = _OPTION.fullmatch(word[:200])
        if not match:
            continue
        if _takes(program.framework, match[1], "=" in word, known):
            told.append((ClaimVerdict.supported, f"{program.path} takes {match[1]}."))
        elif match[1].startswith("--") and not program.open:
            like = next((one for one in program.options if _loose(one) == _loose(match[1])), None)
            hint = f"; it takes {like}" if like else ""
            told.append((ClaimVerdict.contradicted, f"{program.path} takes no {match[1]}{hint}."))
    return told


def subcommand(program: ProgramFacts, rest: Sequence[str]) -> list[Told]:
    """Return a verdict on the first word of a Typer or Click program: a command, or one word too many.

    Typer knows the only command of an application by no name; its names have dashes where the function has underscores.
    """
    first = rest[0] if rest else ""
    if program.framework not in ("typer", "click") or not _COMMAND.fullmatch(first):
        return []
    if first in program.commands:
        return [(ClaimVerdict.supported, f"{first} is a command of {program.path}.")]
    if program.open or program.positionals or any(one.endswith(_SUFFIXES) for one in program.commands):
        return []
    if program.commands:
        said = f"{program.path} has no command {first}; it has {', '.join(program.commands[:8])}."
        return [(ClaimVerdict.contradicted, said)]
    if program.framework == "typer" and first in program.alone:
        said = f"{program.path} has one command: Typer starts it without its name, and {first} is a word too many."
        return [(ClaimVerdict.contradicted, said)]
    return []


def _takes(framework: str, option: str, has_value: bool, known: set[str]) -> bool:
    """Return whether a framework takes an option as typed, of those that it knows."""
    if option in known:
        return True
    if framework == "argparse":
        return option.startswith("--") and any(each.startswith(option) for each in known)
    if framework != "fire":
        return False
    # Fire: any number of dashes in front, `_` or `-` inside, a first letter for the word, `no` before a switch.
    name, names = _loose(option), {_loose(one) for one in known}
    switched_off = name.startswith("no") and name[2:] in names and not has_value
    return name in names or switched_off or (len(name) == 1 and any(one.startswith(name) for one in names))


def _loose(option: str) -> str:
    return option.lstrip("-").replace("_", "-")


def overrides(words: Sequence[str], program: ProgramFacts, inventory: Inventory, paths: Tree) -> list[Told]:
    """Return verdicts for the `key=value` words of a program that Hydra starts.

    A group's value is the name of a file, case-sensitive; any other key must be in a configuration, unless `+` adds it.
    Contradicted only if the configuration is known: the file that the program loads was found, no list was cut, and
    neither Python code nor the command itself brings another one.
    """
    own = next((config for config in inventory.configs if config.path == program.config), None)
    if own is None:
        return []
    folder = dirname(own.path)
    elsewhere = any(name.startswith(_STORES) for name in inventory.imports) or "hydra.searchpath" in own.keys
    chosen = any(word.partition("=")[0] in _CHOOSES for word in words)
    complete = "configs" not in inventory.cut and paths.complete and not elsewhere and not chosen
    told = []
    for word in words:
        match = _OVERRIDE.fullmatch(word[:300])
        if match and not match["key"].startswith("hydra"):
            one = _told(match, own, folder, inventory.configs, paths)
            if one is not None and (complete or one[0] is not ClaimVerdict.contradicted):
                told.append(one)
    return told


def _told(
    match: re.Match[str], own: ConfigFacts, folder: str, configs: Iterable[ConfigFacts], paths: Tree
) -> Told | None:
    key, value = match["key"], match["value"]
    group = f"{folder}/{key}".strip("/")
    if group in paths.folders:
        return _choice(group, value, paths)
    if match["force"]:
        return None
    last = key.rpartition(".")[2]
    known = [config for config in configs if _has(config, key, folder)]
    if known:
        return ClaimVerdict.supported, f"{key} is a key of {known[0].path}."
    anywhere = any(each == last or each.endswith(f".{last}") for config in configs for each in config.keys)
    if anywhere or not own.keys or "/" in key or last.isdigit():
        return None
    return (
        ClaimVerdict.contradicted,
        f"No configuration has a key {last}; {own.path} is the one that is loaded.",
    )


def _choice(group: str, value: str, paths: Tree) -> Told | None:
    """Return a verdict on a config group's option: `model=resnet` needs `model/resnet.yaml`."""
    files = {
        path.rsplit(".", 1)[0].removeprefix(f"{group}/"): path
        for path in paths.below(group)
        if path.endswith((".yaml", ".yml"))
    }
    wanted = [part.strip() for part in value.split(",")]
    if not files or not all(_PLAIN.fullmatch(part) for part in wanted) or "null" in wanted:
        return None
    for each in wanted:
        name = each.removesuffix(".yaml").removesuffix(".yml")
        if name not in files:
            other = next((path for stem, path in files.items() if stem.casefold() == name.casefold()), None)
            if other is None and _EXAMPLE.search(name):
                return None
            hint = (
                f"; the file is {other}, and case counts"
                if other
                else f"; there are {', '.join(sorted(files)[:6])}"
            )
            return ClaimVerdict.contradicted, f"There is no {group}/{name}.yaml{hint}."
    return ClaimVerdict.supported, f"{files[wanted[0].removesuffix('.yaml').removesuffix('.yml')]} exists."


def _has(config: ConfigFacts, key: str, folder: str) -> bool:
    """Return whether a configuration has a dotted key; its first part may be the file's folder or name."""
    if key in config.keys:
        return True
    if not config.path.startswith(f"{folder}/"):
        return False
    inside = dirname(config.path).removeprefix(folder).strip("/").replace("/", ".")
    stem = basename(config.path).rsplit(".", 1)[0]
    for prefix in (inside, stem, f"{inside}.{stem}"):
        if prefix and key.startswith(f"{prefix}.") and key.removeprefix(f"{prefix}.") in config.keys:
            return True
    return False
