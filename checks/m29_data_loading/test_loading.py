"""M29: data that several processes load."""

import ast

from grader.suite import check, evidence, measure, partial, work

from ..common.messages import show

_LOADERS = ("DataLoader", "StatefulDataLoader", "ImageDataLoaders", "LightningDataModule.from_datasets")
_NAMES = ("num_workers", "n_workers", "workers", "dataloader_num_workers", "num_loader_workers", "nworkers")
_PARALLEL = ("torch.utils.data.distributed.DistributedSampler", "dask.dataframe", "dask.array", "ray.data")


def _own(name):
    return name.rpartition(".")[2] in _NAMES


def _loaders(submission):
    return submission.calls(*_LOADERS, notebooks=True)


def _defaults(file):
    """Defaults of parameters and fields that name workers: `(place, value)`."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.arguments):
            positional = [*node.posonlyargs, *node.args]
            pairs = [*zip(positional[len(positional) - len(node.defaults) :], node.defaults, strict=True)]
            pairs += [
                (arg, value) for arg, value in zip(node.kwonlyargs, node.kw_defaults, strict=True) if value
            ]
            for arg, value in pairs:
                if _own(arg.arg):
                    yield arg, _number(value)
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
                if _own(name.lower()) and node.value is not None:
                    yield node, _number(node.value)
        elif isinstance(node, ast.Call):
            first = node.args[0] if node.args else None
            if (
                isinstance(first, ast.Constant)
                and isinstance(first.value, str)
                and _own(first.value.lstrip("-").replace("-", "_"))
            ):
                for keyword in node.keywords:
                    if keyword.arg == "default":
                        yield node, _number(keyword.value)


def _number(node):
    """The number of workers that an expression gives: of `os.cpu_count()` at least two, None where nobody can tell."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value
    counted = [one for one in ast.walk(node) if isinstance(one, ast.Attribute | ast.Name)]
    if any(
        getattr(one, "attr", getattr(one, "id", "")) in ("cpu_count", "sched_getaffinity") for one in counted
    ):
        return 2
    if isinstance(node, ast.Call):
        values = [_number(item) for item in [*node.args, *(one.value for one in node.keywords)]]
        return next((value for value in values if value is not None), None)
    if isinstance(node, ast.IfExp):
        return max(filter(None, (_number(node.body), _number(node.orelse))), default=None)
    return None


def _workers(submission):
    """`(place, number)` of each setting of a loader's workers: in the call, a default, a configuration."""
    found = []
    for file, call in _loaders(submission):
        value = call.keywords.get("num_workers")
        if value is not None and _number(value) is not None:
            found.append((file.evidence(call), _number(value)))
    for file in submission.code(notebooks=True):
        found += [(file.evidence(place), number) for place, number in _defaults(file) if number is not None]
    for config in submission.configs():
        for key, value in config.values.items():
            if _own(key) and isinstance(value, int) and not isinstance(value, bool):
                found.append((config.evidence(key), value))
    for file, call in submission.calls("TrainingArguments", "Seq2SeqTrainingArguments"):
        value = call.argument("dataloader_num_workers")
        if isinstance(value, int):
            found.append((file.evidence(call), value))
    return found


def _passed_on(submission):
    """Whether any loader is told a number of workers at all."""
    told = [call for _, call in _loaders(submission) if "num_workers" in call.keywords]
    spread = [
        call for _, call in _loaders(submission) if any(keyword.arg is None for keyword in call.node.keywords)
    ]
    return bool(told or spread or submission.calls("TrainingArguments", "Seq2SeqTrainingArguments"))


@work("a data loader: `DataLoader`, a data module, `datasets`")
def find_work(submission):
    return bool(_loaders(submission) or _workers(submission) or submission.mentions(*_PARALLEL))


@check(
    "Several processes load the data",
    points=1,
    required=False,
    questions=[28],
    boxes=["w3-07"],
    hint="`DataLoader(dataset, batch_size=64, num_workers=4)`; measure with 0, 1, 2, 4 workers which number pays.",
)
def test_several_processes_load(submission):
    workers = _workers(submission) if _passed_on(submission) else []
    other = submission.mentions(*_PARALLEL)
    several = [(place, number) for place, number in workers if number > 1]
    measure("num_workers", max((number for _, number in workers), default=0))
    show([*(place for place, _ in several), *other][:4])
    if several or other:
        return
    alone = [place for place, _ in workers]
    if any(number == 1 for _, number in workers):
        partial(0, "One process beside the training loads the data: that is not parallel yet.", alone[:3])
    loaders = [file.evidence(call, f"{call.name}: no workers") for file, call in _loaders(submission)]
    assert not loaders, alone[:3] or loaders[:3]
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
    loads = {file.path for file, _ in _loaders(submission)}
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
