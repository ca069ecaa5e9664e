"""Two small classifiers of points in the plane, and points to try them on. Nothing to do in this file."""

import json
import random
from pathlib import Path

Point = tuple[float, float]


def points(seed: int, count: int = 90) -> tuple[list[Point], list[int]]:
    """`count` points around three centres, and the number of the centre of each."""
    rng = random.Random(seed)
    centres = [(0.0, 0.0), (4.0, 0.0), (2.0, 3.5)]
    labels = [number % 3 for number in range(count)]
    return [(rng.gauss(centres[label][0], 0.8), rng.gauss(centres[label][1], 0.8)) for label in labels], labels


def distance(one: Point, other: Point, metric: str) -> float:
    """How far two points are apart: `euclidean` or `manhattan`."""
    across, up = abs(one[0] - other[0]), abs(one[1] - other[1])
    return across + up if metric == "manhattan" else (across**2 + up**2) ** 0.5


def train_centroid(metric: str) -> dict:
    """A model that knows the mean of each class."""
    xs, labels = points(seed=1)
    means = []
    for label in range(3):
        own = [x for x, other in zip(xs, labels) if other == label]
        means.append((sum(x[0] for x in own) / len(own), sum(x[1] for x in own) / len(own)))
    return {"kind": "centroid", "metric": metric, "k": 1, "points": means, "labels": [0, 1, 2]}


def train_knn(n_neighbors: int) -> dict:
    """A model that keeps all points and lets the nearest vote."""
    xs, labels = points(seed=1)
    return {"kind": "knn", "metric": "euclidean", "k": n_neighbors, "points": xs, "labels": labels}


def accuracy(model: dict) -> float:
    """The share of new points that a model classifies right."""
    xs, labels = points(seed=2)
    right = 0
    for x, label in zip(xs, labels):
        near = sorted(zip(model["points"], model["labels"]), key=lambda pair: distance(x, pair[0], model["metric"]))
        votes = [other for _, other in near[: model["k"]]]
        right += max(set(votes), key=votes.count) == label
    return right / len(xs)


def save(model: dict, path: str) -> None:
    """Write a model to a file."""
    Path(path).write_text(json.dumps(model), encoding="utf-8")


def load(path: str) -> dict:
    """Read a model from a file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))
