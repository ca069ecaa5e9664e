"""Check the arguments of a program: options against its parser, Hydra's overrides against the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from posixpath import basename, dirname

from grader.exam.claims.places.path_index import Tree
from grader.inventory import ConfigFacts, Inventory, ProgramFacts
from grader.results import ClaimVerdict

_OVERRIDE = re.compile(r"(?P<force>\+{0,2})(?P<key>[A-Za-z_][\w./-]*)(?:@[\w.]+)?=(?P<value>.*)", re.S)
#: Placeholder names.
_EXAMPLE = re.compile(r"^(?:my|new|your|some|exp\w*|test|run|name|custom|foo|config)[\w-]*$|x{2,}", re.I)
_ALWAYS = {"--help", "-h", "--version", "--install-completion", "--show-completion"}
_OPTION = re.compile(r"(--?[A-Za-z][\w.-]*)(?:=.*)?", re.S)
_PLAIN = re.compile(r"[\w./-]+")

Told = tuple[ClaimVerdict, str]


def options(program: ProgramFacts, rest: Sequence[str]) -> list[Told]:
    """Return a verdict for each option; nothing is contradicted unless the parser is fully known."""
    known = {option.replace("_", "-") for option in program.options} | _ALWAYS
    told: list[Told] = []
    for word in rest:
        match = _OPTION.fullmatch(word[:200])
        if not match:
            continue
        option = match[1].replace("_", "-") if program.framework == "fire" else match[1]
        if option in program.options or option in known:
            told.append((ClaimVerdict.supported, f"{program.path} takes {match[1]}."))
            continue
        # argparse accepts an unambiguous prefix; boolean switches also have a `--no-` form.
        near = {option, option.replace("_", "-"), f"--{option.removeprefix('--no-')}"}
        accepted = any(each.startswith(one) for each in known for one in near)
        if option.startswith("--") and not program.open and not accepted:
            told.append((ClaimVerdict.contradicted, f"{program.path} takes no {match[1]}."))
    return told


def overrides(words: Sequence[str], program: ProgramFacts, inventory: Inventory, paths: Tree) -> list[Told]:
    """Return verdicts for the `key=value` words of a program that Hydra starts.

    A group's value is the name of a file, case-sensitive; any other key must be in a configuration, unless `+` adds it.
    Contradicted only if the configuration is known: the file that the program loads was found and no list was cut.
    """
    own = next((config for config in inventory.configs if config.path == program.config), None)
    if own is None:
        return []
    folder = dirname(own.path)
    complete = "configs" not in inventory.cut and paths.complete
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
    if anywhere or not own.keys or "/" in key:
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
