"""Describe the data for a reviewer: a report in Markdown on stdout, and figures beside it."""

import sys
from collections import Counter

import matplotlib.pyplot as plt

from dataset import Digits

LABELS = range(10)


def draw(counts: Counter[int], title: str, path: str) -> None:
    """A bar for each label, as high as it is frequent."""
    figure, axes = plt.subplots(figsize=(4, 3))
    axes.bar(list(LABELS), [counts[label] for label in LABELS])
    axes.set(title=title, xlabel="label", ylabel="images", xticks=list(LABELS))
    figure.savefig(path)
    plt.close(figure)


def describe(folder: str) -> str:
    """The report on the data of a folder; its figures are written into the working folder."""
    parts = {"train": Digits(folder, train=True), "test": Digits(folder, train=False)}
    lines = ["# Digits", ""]
    for name, part in parts.items():
        counts = Counter(part.labels)
        figure = f"{name}_labels.png"
        draw(counts, f"Labels of the {name} set", figure)
        lines += [
            f"## {name}",
            "",
            f"{len(part)} images of {len(part[0][0])} pixels",
            "",
            "| label | images |",
            "|---|---|",
            *(f"| {label} | {counts[label]} |" for label in LABELS),
            "",
            f"![Labels of the {name} set](./{figure})",
            "",
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(describe(sys.argv[1] if len(sys.argv) > 1 else "data"))
