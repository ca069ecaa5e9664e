"""M7: public snippets that ask the code of the exercise, and what it has to answer."""

import math
import statistics

ASK_POINTS = r"""
module = load(path)
pairs = [tuple(point) for point in points]
first, second = module.Path(), module.Path()
first.add(pairs[0])
first.add(pairs[1])
second.add(pairs[2])
mine = list(pairs)
way = module.Path(mine)
before = way.length()
way.add(pairs[0])
straight = [(pairs[0][0], 1.0), (pairs[0][0], 2.0)]
result = {
    "distance": module.distance(pairs[0], pairs[1]),
    "centre": list(module.centre(pairs)),
    "nearest": list(module.nearest(pairs[0], pairs[1:])),
    "nearest of none": module.nearest(pairs[0], []),
    "slope": module.slope(pairs),
    "slope of points above each other": module.slope(straight, default=default),
    "moved": [list(point) for point in module.moved(pairs, lambda point: (point[1], -point[0]))],
    "Path": [first.length(), second.length(), before, way.length()],
    "the points that a Path was made of": len(mine),
}
"""

ASK_NETWORK = r"""
import torch

torch.manual_seed(seed)
module = load(path)
model = module.Network(784, 10, [24, 16])
model.eval()
images = torch.randn(len(labels), 784)
with torch.no_grad():
    outputs = model(images.clone()).tolist()
    loss, accuracy = module.validation(model, [(images.clone(), torch.tensor(labels))], torch.nn.NLLLoss())
layers = [[one.in_features, one.out_features] for one in model.modules() if isinstance(one, torch.nn.Linear)]
result = {"outputs": outputs, "told": [float(loss), float(accuracy)], "layers": layers}
"""


def hidden_points(rng):
    return [(round(rng.uniform(-9, 9), 2), round(rng.uniform(-9, 9), 2)) for _ in range(rng.randrange(5, 9))]


def answers(points, default):
    """What the code has to answer, by what it is asked."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    way = sum(map(math.dist, points, points[1:]))
    return {
        "distance": math.dist(points[0], points[1]),
        "centre": [statistics.mean(xs), statistics.mean(ys)],
        "nearest": list(min(points[1:], key=lambda one: math.dist(points[0], one))),
        "nearest of none": None,
        "slope": statistics.linear_regression(xs, ys).slope,
        "slope of points above each other": default,
        "moved": [[y, -x] for x, y in points],
        "Path": [math.dist(points[0], points[1]), 0.0, way, way + math.dist(points[-1], points[0])],
        "the points that a Path was made of": len(points),
    }


def is_same(found, wanted):
    """Whether two answers are the same, but for the last digits of numbers."""
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(is_same, found, wanted))
    if wanted is None or found is None or isinstance(found, bool | str | list | dict):
        return found is wanted
    return math.isclose(found, wanted, rel_tol=1e-6, abs_tol=1e-9)


def wrong_points(found, points, default):
    """What the code answers wrongly; empty if nothing."""
    if not isinstance(found, dict):
        return "what it computes cannot be read"
    wrong = [
        name for name, wanted in answers(points, default).items() if not is_same(found.get(name, ""), wanted)
    ]
    return f"it is not right about: {', '.join(wrong)}" if wrong else ""


def wrong_network(found, labels):
    """What the course's network and its validation get wrong; empty if nothing."""
    match found:
        case {"outputs": list(outputs), "told": [float(loss), float(accuracy)], "layers": list(layers)}:
            pass
        case _:
            return "what it computes cannot be read"
    if layers != [[784, 24], [24, 16], [16, 10]]:
        return "the network does not have the layers that it was asked for"
    sound = len(outputs) == len(labels) and all(
        len(row) == 10 and math.isclose(sum(map(math.exp, row)), 1, abs_tol=1e-3) for row in outputs
    )
    if not sound:
        return "the network does not give the logarithms of ten shares for each image"
    losses = [-row[label] for row, label in zip(outputs, labels, strict=True)]
    right = [row.index(max(row)) == label for row, label in zip(outputs, labels, strict=True)]
    if not math.isclose(loss, statistics.mean(losses), rel_tol=1e-3):
        return "`validation` does not give the loss"
    return (
        ""
        if math.isclose(accuracy, statistics.mean(right), abs_tol=1e-3)
        else "`validation` does not give the accuracy"
    )
