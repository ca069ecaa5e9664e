"""What is made of a failure of uv: by its words where they are known, by exit codes alone where they are not.

`uv_messages` holds what uv 0.13 printed for each kind of failure; `pyproject.toml` asks for that minor version.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product, repeat
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from grader.environment.install import Environment, Site, find_or_make
from grader.environment.overrides import EnvironmentPlan
from grader.environment.requirements import Requirements
from grader.environment.resolution.outcome import Resolution
from grader.environment.resolution.resolve import resolve
from grader.environment.resolution.runner import Ran
from grader.errors import EnvironmentFault
from tests.places import ROOT

MESSAGES = Path(__file__).parent / "uv_messages"
GIBBERISH = "vejen er spærret: six numpy fnord 42 ==\n  årsag: ⚠ ikke i dag"

Index = Mapping[str, Mapping[str, tuple[str, ...]]]
#: Versions with wheels for this Python, and what they need.
INDEX: Index = {
    "packaging": {"25.0": ()},
    "six": {"1.16.0": (), "1.17.0": ()},
    "numpy": {"1.26.4": (), "2.0.0": (), "2.4.6": ()},
    "pandas": {"2.2.3": ("numpy>=1.23.2",), "2.3.3": ("numpy>=1.26.0",)},
    "networkx": {"3.2.1": ()},
    "uvicorn": {"0.33.0": ("h11>=0.8",)},
    "h11": {"0.7.0": (), "0.14.0": (), "0.16.0": ()},
    "old-a": {"1.0": ("six<1.17",)},
    "new-b": {"1.0": ("six>=1.17",)},
    "torch": {"2.2.2": ()},
}


def said(name: str) -> str:
    return (MESSAGES / f"{name}.txt").read_text(encoding="utf-8")


@dataclass
class FakeUv:
    """A uv whose index is in memory. What it cannot resolve or install, it reports in the next of `words`."""

    folder: Path
    words: Iterator[str]
    index: Index = field(default_factory=lambda: INDEX)
    #: Wheels that cannot be installed.
    broken: frozenset[str] = frozenset()
    #: The first run that finds the index away, from which on it stays away; and the same for PyTorch's.
    away_from: float = float("inf")
    cpu_away: bool = False
    inside: str = ""
    python: str = "python3.11"
    runs: int = 0

    def __post_init__(self) -> None:
        self.inside = str(self.folder)

    def uv(self, *arguments: str) -> Ran:
        self.runs += 1
        if arguments[0] == "venv":
            Path(arguments[-1]).mkdir(parents=True)
            return Ran(0, "")
        away = self.runs >= self.away_from
        if arguments[1] == "install":
            names = {line.split("==")[0] for line in self._lines(arguments, "--requirements")}
            return Ran(2, next(self.words)) if away or names & self.broken else Ran(0, "")
        wanted = Path(arguments[2]).read_text().split("\n")
        constraints = self._lines(arguments, "--constraints")
        away = away or (self.cpu_away and "cpu" in arguments and "torch" in wanted)
        pins = None if away else solve(self.index, filter(None, wanted), constraints)
        if pins is None:
            return Ran(1, next(self.words))
        output = Path(arguments[arguments.index("--output-file") + 1])
        output.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()))
        return Ran(0, "")

    def interpreter(self, *arguments: str) -> Ran:
        return Ran(0, "")

    def _lines(self, arguments: tuple[str, ...], option: str) -> list[str]:
        if option not in arguments:
            return []
        return list(filter(None, Path(arguments[arguments.index(option) + 1]).read_text().split("\n")))


def solve(index: Index, wanted: Iterable[str], constraints: Iterable[str]) -> dict[str, str] | None:
    """The newest versions that go together, or None."""
    asked = [Requirement(line) for line in wanted]
    bounds = [Requirement(line) for line in constraints]
    names = sorted({entry.name for entry in asked})
    if any(not index.get(name) for name in names):
        return None
    fits = [
        [version for version in sorted(index[name], key=Version, reverse=True) if _allowed(name, version, [*asked, *bounds])]
        for name in names
    ]  # fmt: skip
    for versions in product(*fits):
        pins = dict(zip(names, versions, strict=True))
        needs = [Requirement(line) for name, version in pins.items() for line in index[name][version]]
        if new := {need.name for need in needs} - set(pins):
            found = solve(index, [*map(str, asked), *new], constraints)
            if found is not None:
                return found
        elif all(_allowed(need.name, pins[need.name], [need]) for need in needs):
            return pins
    return None


def _allowed(name: str, version: str, entries: Iterable[Requirement]) -> bool:
    return all(SpecifierSet(str(each.specifier)).contains(version) for each in entries if each.name == name)


def outcome(
    fake: FakeUv, *entries: str, constraints: tuple[str, ...] = (), plan: EnvironmentPlan | None = None
) -> Resolution:
    wanted = Requirements(entries=entries, constraints=constraints)
    return resolve(wanted, plan or EnvironmentPlan(), fake, lambda _: None)


#: Entries, a lock's versions, what uv says one failure after the other, pins, and what is missing and why.
Case = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], dict[str, str], dict[str, str]]
CASES: dict[str, Case] = {
    "all is there": (("six",), (), (), {"six": "1.17.0"}, {}),
    "absent": (
        ("no-such-package-zzq", "six==1.16.0"), (), ("absent",),
        {"six": "1.16.0"}, {"no-such-package-zzq": "no package of this name"},
    ),
    "absent and pinned": (
        ("no-such-package-zzq==1.0", "six"), (), ("absent_pinned",),
        {"six": "1.17.0"}, {"no-such-package-zzq": "no package of this name"},
    ),
    "no such version": (("numpy", "six==99.0"), (), ("no_such_version",), {"numpy": "2.4.6", "six": "1.17.0"}, {}),
    "no wheels": (
        ("docopt==0.6.2", "six"), (), ("no_wheels_pinned", "no_wheels"), {"six": "1.17.0"}, {"docopt": "no wheel"},
    ),
    "made for another Python": (("networkx==3.4.2", "six"), (), ("python_too_old",), {"networkx": "3.2.1", "six": "1.17.0"}, {}),
    "two pins at odds": (
        ("numpy==1.26.4", "numpy==2.0.0", "six"), (), ("two_pins_at_odds",), {"numpy": "2.4.6", "six": "1.17.0"}, {},
    ),
    "what another needs": (
        ("numpy==1.19.5", "pandas==2.2.3", "six==1.16.0"), (), ("what_another_needs",),
        {"numpy": "2.4.6", "pandas": "2.2.3", "six": "1.16.0"}, {},
    ),
    "a lock's version at odds": (
        ("uvicorn==0.33.0",), ("h11==0.7.0", "six==1.16.0"), ("lock_at_odds",), {"uvicorn": "0.33.0", "h11": "0.16.0"}, {},
    ),
    "unparsable for uv": (("six==99", "numpy"), (), ("unparsable",), {"six": "1.17.0", "numpy": "2.4.6"}, {}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_known_words_name_the_packages_at_fault(case: str, tmp_path: Path) -> None:
    entries, constraints, messages, pins, missing = CASES[case]
    fake = FakeUv(tmp_path, map(said, messages))
    found = outcome(fake, *entries, constraints=constraints)
    if case != "what another needs":  # There uv names both pins.
        assert found.pins == pins
    assert set(found.pins) == set(pins)
    assert set(found.missing) == set(missing)
    assert all(why in found.missing[name] for name, why in missing.items())
    assert next(fake.words, "") == "", "a sample was not needed"


@pytest.mark.parametrize("words", [GIBBERISH, "", "thread 'main' panicked", "six six six", "\x00" * 50])
@pytest.mark.parametrize("case", CASES)
def test_unknown_words_lead_to_the_same_pins_and_the_same_missing_packages(
    case: str, words: str, tmp_path: Path
) -> None:
    entries, constraints, _, pins, missing = CASES[case]
    found = outcome(FakeUv(tmp_path, repeat(words)), *entries, constraints=constraints)
    assert found.pins == pins
    assert set(found.missing) == set(missing)


def test_of_packages_that_never_go_together_one_is_left_out_and_the_other_named(tmp_path: Path) -> None:
    found = outcome(FakeUv(tmp_path, repeat(GIBBERISH)), "new-b", "numpy==1.26.4", "old-a")
    assert found.pins == {"old-a": "1.0", "numpy": "1.26.4", "six": "1.16.0"}
    assert "does not go with old-a" in found.missing["new-b"]


@pytest.mark.parametrize(
    "message", ["unreachable", "offline", "disk_full", "server_error", "unauthorised", "timed_out"]
)
def test_what_is_ours_is_blamed_on_nobody(message: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault):
        outcome(FakeUv(tmp_path, repeat(said(message)), away_from=1), "six", "numpy==1.26.4")


def test_a_full_disk_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="disk is full"):
        outcome(FakeUv(tmp_path, repeat(said("disk_full")), away_from=1), "six")


@pytest.mark.parametrize("away_from", range(1, 40))
def test_an_index_that_goes_away_in_unknown_words_makes_no_package_missing(
    away_from: int, tmp_path: Path
) -> None:
    entries = ("docopt==0.6.2", "no-such-package-zzq", "numpy==1.19.5", "pandas==2.2.3", "six==1.16.0")
    undisturbed = outcome(FakeUv(tmp_path, repeat(GIBBERISH)), *entries)
    fake = FakeUv(tmp_path, repeat(GIBBERISH), away_from=away_from)
    try:
        found = outcome(fake, *entries)
    except EnvironmentFault:
        assert fake.runs >= away_from
    else:
        assert found == undisturbed
        assert fake.runs < away_from


@pytest.mark.parametrize("words", [GIBBERISH, said("unreachable")])
def test_without_pytorchs_index_its_packages_are_left_out_and_nothing_else(
    words: str, tmp_path: Path
) -> None:
    plan = EnvironmentPlan(cpu=("torch",), cpu_index=True)
    found = outcome(FakeUv(tmp_path, repeat(words), cpu_away=True), "six==1.16.0", "torch", plan=plan)
    assert found.pins == {"six": "1.16.0"}
    assert "CPU build" in found.missing["torch"]


def test_many_packages_at_fault_take_a_bounded_number_of_runs(tmp_path: Path) -> None:
    made_up = [f"made-up-{number:03}" for number in range(80)]
    fake = FakeUv(tmp_path, repeat(GIBBERISH))
    found = outcome(fake, *made_up, "six==1.16.0")
    assert set(found.pins) == {"six"}
    assert set(found.missing) == set(made_up)
    assert fake.runs < 500


def installed(fake: FakeUv, *entries: str) -> Environment:
    folder = fake.folder
    site = Site(folder=folder, inside=str(folder), python="bin/python", kind="test")

    @contextmanager
    def start(digest: str) -> Iterator[FakeUv]:
        work = folder / ".work"
        work.mkdir()
        fake.folder, fake.inside = work, str(work)
        yield fake

    return find_or_make(
        Requirements(entries=entries), EnvironmentPlan(), site, start=start, progress=lambda _: None
    )


@pytest.mark.parametrize(
    "words", [GIBBERISH, said("broken_wheel").replace("broken-pkg-zz==1.0", "numpy==2.4.6")]
)
def test_a_wheel_that_cannot_be_unpacked_is_left_out(words: str, tmp_path: Path) -> None:
    found = installed(FakeUv(tmp_path, repeat(words), broken=frozenset({"numpy"})), "h11", "numpy", "six")
    assert found.installed == {"h11": "0.16.0", "six": "1.17.0"}
    assert "could not be installed" in found.missing["numpy"]


@pytest.mark.parametrize("words", [GIBBERISH, said("disk_full"), said("unreachable")])
def test_an_index_that_goes_away_before_installing_is_ours(words: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault):
        installed(FakeUv(tmp_path, repeat(words), away_from=3), "h11", "numpy", "six")


def test_the_words_are_those_of_the_version_that_is_asked_for() -> None:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (uv,) = [entry for entry in map(Requirement, data["project"]["dependencies"]) if entry.name == "uv"]
    assert uv.specifier == SpecifierSet(">=0.13,<0.14"), "print the samples anew with the other version"
