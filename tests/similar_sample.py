"""Code of invented groups: programs as students write them, copies in disguise, and repositories with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from grader.repository.files import Files
from grader.similarity.group_code import GroupCode, HandedOut, read_code
from tests.git_command import git

#: Two honest solutions of one exercise, and a third part that one of them may have from the other.
SOLUTION = '''
import torch
from torch import nn


class Classifier(nn.Module):
    """A small network."""

    def __init__(self, width: int = 32, classes: int = 10):
        super().__init__()
        self.first = nn.Conv2d(1, width, 3, padding=1)
        self.second = nn.Conv2d(width, 2 * width, 3, padding=1)
        self.head = nn.Linear(2 * width * 7 * 7, classes)

    def forward(self, images):
        hidden = torch.max_pool2d(torch.relu(self.first(images)), 2)
        hidden = torch.max_pool2d(torch.relu(self.second(hidden)), 2)
        return self.head(hidden.flatten(1))


def fit(model, loader, epochs, rate=0.001):
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    history = []
    for epoch in range(epochs):
        total, seen = 0.0, 0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
            seen += len(labels)
        if seen and (not history or total / seen < min(history)):
            torch.save(model.state_dict(), f"models/{epoch}.pt")
        history.append(total / max(seen, 1))
    return history


def accuracy(model, loader):
    right = [(model(images).argmax(dim=1) == labels).sum().item() for images, labels in loader]
    return sum(right) / len(loader.dataset)
'''
OTHER_SOLUTION = """
import typer
import torch
import torch.nn.functional as F

app = typer.Typer()


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Flatten(), torch.nn.Linear(784, 256), torch.nn.Dropout(0.2), torch.nn.Linear(256, 10)
        )

    def forward(self, x):
        if x.ndim != 4:
            raise ValueError("expected a batch of images")
        return F.log_softmax(self.layers(x), dim=-1)


@app.command()
def train(lr: float = 1e-3, batch_size: int = 64, epochs: int = 5):
    net = Net()
    data = torch.load("data/train.pt")
    loader = torch.utils.data.DataLoader(data, batch_size=batch_size, shuffle=True)
    criterion = torch.nn.NLLLoss()
    opt = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    losses = []
    while len(losses) < epochs:
        running = 0
        for i, batch in enumerate(loader, start=1):
            x, y = batch
            error = criterion(net(x), y)
            opt.zero_grad()
            error.backward()
            opt.step()
            running += (error.item() - running) / i
            if i % 100 == 0:
                print("step", i, "loss", running)
        losses.append(running)
    torch.save(net, "model.pt")


if __name__ == "__main__":
    app()
"""
_RENAMED = {
    "Classifier": "MyCNN",
    "width": "n_filters",
    "classes": "out_dim",
    "first": "conv_a",
    "second": "conv_b",
    "head": "fc",
    "images": "x",
    "hidden": "z",
    "fit": "run_training",
    "model": "network",
    "loader": "batches",
    "epochs": "n_epochs",
    "rate": "learning_rate",
    "optimizer": "opt",
    "history": "curve",
    "epoch": "e",
    "total": "acc_loss",
    "seen": "count",
    "labels": "y",
    "loss": "err",
    "accuracy": "score",
    "right": "hits",
}


def renamed(code: str, names: Mapping[str, str] = _RENAMED) -> str:
    """Return code with other names, wherever they are the group's own: not behind a dot, but behind `self.`."""
    pattern = re.compile(r"(?<![\w.])(self\.)?(" + "|".join(map(re.escape, names)) + r")\b(?!['\"/])")
    return pattern.sub(lambda found: (found[1] or "") + names[found[2]], code)


def disguised(code: str) -> str:
    """Return a copy under other names, its functions in another order, with other comments and layout."""
    parts = re.split(r"\n\n\n(?=class |def )", renamed(code).strip())
    imports, *rest = parts
    text = "\n\n\n".join([imports, *reversed(rest)])
    text = text.replace(
        '"""A small network."""', '"""Our own model, from scratch."""\n    # (see the report)'
    )
    return text.replace("lr=learning_rate)", "\n        lr=learning_rate,\n    )  # Adam works best") + "\n"


def group(folder: Path, course: HandedOut | None = None, **files: str) -> GroupCode:
    """Return the code of a group whose repository has these files; `__` in a name is a slash, and `.py` is added."""
    write(folder, **files)
    return read_code(Files(folder), course=course)


def write(folder: Path, **files: str) -> None:
    """Write files."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def repository(folder: Path, **files: str) -> Path:
    """Make a repository with these files, see `group`."""
    folder.mkdir(parents=True)
    write(folder, **files)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Work")
    return folder
