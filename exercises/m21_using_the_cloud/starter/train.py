"""Fit a line through the heights."""

from pathlib import Path


def fit(path: Path) -> float:
    """The mean, which is the best constant."""
    heights = [float(line) for line in path.read_text().split()]
    return sum(heights) / len(heights)


if __name__ == "__main__":
    print(fit(Path("data/heights.txt")))
