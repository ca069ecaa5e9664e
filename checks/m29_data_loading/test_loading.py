"""M29: data that several processes load."""

import ast

from grader.suite import check, evidence, measure, partial, work

from ..common.messages import show
from ._common import LOADERS, loaders

_PARALLEL = ("torch.utils.data.distributed.DistributedSampler", "dask.dataframe", "dask.array", "ray.data")


def _by_configuration(submission):
    """`(place, number)` of loaders that Hydra makes from a configuration: `_target_` and `num_workers` beside it."""
    for config in submission.configs():
        for key, value in config.values.items():
            folder, _, last = key.rpartition(".")
            number = config.values.get(f"{folder}.num_workers".lstrip("."))
            if last == "_target_" and str(value).endswith(LOADERS) and isinstance(number, int):
                yield config.evidence(key), number


@work("a data loader: `DataLoader`, a data module, `datasets`")
def find_work(submission):
    found, settings = loaders(submission)
    said = any("num_workers" in (name, name.lower()) for name in (*settings.said, *settings.by_name))
    return bool(found or said or submission.mentions(*_PARALLEL))


@check(
    "Several processes load the data",
    points=1,
    required=False,
    questions=[28],
    boxes=["w3-07"],
    hint="`DataLoader(dataset, batch_size=64, num_workers=4)`; measure with 0, 1, 2, 4 workers which number pays.",
)
def test_several_processes_load(submission):
    found, settings = loaders(submission)
    given = [(file.evidence(call), number) for file, call, numbers in found for number in numbers or ()]
    given += _by_configuration(submission)
    other = submission.mentions(*_PARALLEL)
    most = max((number for _, number in given), default=0)
    measure("num_workers", most)
    several = [place for place, number in given if number > 1]
    # Where the number itself stands, if it is not in the call.
    said = [place for place, number in settings.places("num_workers") if number == most] if several else []
    show([*several[:2], *filter(None, said[:1]), *other][:4])
    if several or other:
        return
    if any(number == 1 for _, number in given):
        alone = [place for place, number in given if number == 1]
        partial(0, "One process beside the training loads the data: that is not parallel yet.", alone[:3])
    none = [
        file.evidence(call, f"{call.name}: no workers") for file, call, numbers in found if numbers is None
    ]
    assert not found, (none or [file.evidence(call) for file, call, _ in found])[:3]
    raise AssertionError("No data loader is given workers.")


@check(
    "The number of workers was measured",
    points=1,
    required=False,
    questions=[28],
    requires=["several_processes_load"],
    hint="Time an epoch for several numbers of workers (`time.time()`, a plot with error bars), and keep script or plot.",
)
def test_workers_were_measured(submission):
    clocks = (
        "time.time",
        "time.perf_counter",
        "timeit.timeit",
        "time.monotonic",
        "torch.utils.benchmark.Timer",
    )
    loads = {file.path for file, _, _ in loaders(submission)[0]}
    timed = [
        file.evidence(call)
        for file, call in submission.calls(*clocks, tests=True, notebooks=True)
        if file.path in loads
        and any(
            isinstance(node, ast.For) and "worker" in ast.dump(node.target) + ast.dump(node.iter)
            for node in ast.walk(file.tree)
        )
    ]
    pictures = [
        path
        for path in submission.files("**/*.png", "**/*.svg", "**/*.csv")
        if "worker" in path.rpartition("/")[2].lower()
    ]
    show(timed[:2])
    for path in pictures[:2]:
        evidence(path)
    assert timed or pictures, "No script or picture compares numbers of workers."
