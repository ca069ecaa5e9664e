"""Echoes of three kinds of sea bed: a label, and the strengths of what came back, from 0 to 60."""

from pathlib import Path

TABLE = Path(__file__).with_name("echoes.csv")
LOWEST, HIGHEST = 0, 60


class Echoes:
    """The echoes of a table, by their numbers."""

    def __init__(self, path: Path) -> None:
        self.lines = path.read_text(encoding="utf-8").split("\n")[1:-1]

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, number: int) -> tuple[int, list[int]]:
        label, values = self.lines[number].split(",")
        return int(label), [strength(value) for value in values.split()]


def strength(text: str) -> int:
    """Give a strength that has its middle at zero, and refuse what no instrument can have measured."""
    value = int(text)
    if not LOWEST <= value <= HIGHEST:
        raise ValueError(f"{value} is not between {LOWEST} and {HIGHEST}")
    return value - (LOWEST + HIGHEST) // 2
