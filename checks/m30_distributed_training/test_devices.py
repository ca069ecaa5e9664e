"""M30: training on more than one device."""

import re

from grader.suite import SubmissionFault, check, evidence, measure, partial, work

from ..common.messages import show
from ..common.words import LIGHTNING

_CODE = (
    *(
        "torch.nn.parallel.DistributedDataParallel",
        "torch.nn.DataParallel",
        "torch.nn.parallel.DataParallel",
        "torch.distributed",
    ),
    *(
        "torch.distributed.fsdp",
        "accelerate.Accelerator",
        "deepspeed.initialize",
        "horovod",
        "ray.train",
        "tensorflow.distribute",
    ),
    *("torch.multiprocessing.spawn", "lightning.fabric.Fabric", "lightning.Fabric", "lightning_fabric"),
)
_COMMANDS = (
    "torchrun",
    "accelerate launch",
    "deepspeed",
    "mpirun",
    "horovodrun",
    "torch.distributed.launch",
    "torch.distributed.run",
)
_STRATEGIES = re.compile(r"^(?:ddp|fsdp|deepspeed|dp|horovod|bagua|ray|colossalai|xla)\w*", re.IGNORECASE)


def _several(value):
    """Whether a setting of `devices` means more than one: 4, [0, 1], "0,1", -1 for all."""
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int):
        return value > 1 or value == -1
    if isinstance(value, list):
        return len(value) > 1
    text = str(value).strip()
    return (
        text == "-1"
        or (text.isdigit() and int(text) > 1)
        or bool(re.fullmatch(r"\d+(?:\s*,\s*\d+)+", text[:50]))
    )


def _trainers(submission):
    """Where a trainer is told to use several devices, or how to spread over them: in the call or in a configuration."""
    for file, call in submission.calls("Trainer", "Fabric", notebooks=True):
        if call.name.partition(".")[0] not in LIGHTNING:
            continue
        strategy = call.argument("strategy")
        named = (
            file.dotted(call.keywords["strategy"]).rpartition(".")[2] if "strategy" in call.keywords else ""
        )
        spread = isinstance(strategy, str) and bool(_STRATEGIES.match(strategy))
        several = any(_several(call.argument(name)) for name in ("devices", "gpus", "num_nodes"))
        if spread or several or named.removesuffix("()").endswith("Strategy"):
            yield file.evidence(call)
    for config in submission.configs():
        for key, value in config.values.items():
            last = key.rpartition(".")[2]
            spread = last == "strategy" and isinstance(value, str) and bool(_STRATEGIES.match(value))
            if spread or (last in ("devices", "gpus", "num_nodes", "nproc_per_node") and _several(value)):
                yield config.evidence(key)


def _cloud(submission):
    """Jobs of the cloud with several machines or accelerators."""
    for path in submission.files("**/*.yaml", "**/*.yml", "**/*.json"):
        if path.startswith(".github/") or len(submission.bytes(path)) > 100_000:
            continue
        try:
            data = submission.json(path) if path.endswith(".json") else submission.yaml(path)
        except SubmissionFault:
            continue
        pools = data.get("workerPoolSpecs") if isinstance(data, dict) else None
        for pool in pools if isinstance(pools, list) else [pools] if isinstance(pools, dict) else []:
            machine = pool.get("machineSpec") if isinstance(pool, dict) else None
            count = machine.get("acceleratorCount") if isinstance(machine, dict) else None
            if isinstance(pool, dict) and (_several(pool.get("replicaCount")) or _several(count)):
                yield evidence(path, getattr(pool, "line", None), "several replicas or accelerators")


def _open_trainers(submission):
    """Where a trainer takes all devices of the machine that it runs on: how many these were is in no file."""
    for file, call in submission.calls("Trainer", "Fabric", notebooks=True):
        is_trainer = call.name.partition(".")[0] in LIGHTNING
        if is_trainer and call.argument("devices") == "auto" and call.argument("accelerator") != "cpu":
            yield file.evidence(call)


def _told(submission):
    """Whether a trainer is told anything of devices: one, too."""
    return any(
        {"devices", "strategy", "gpus", "num_nodes"} & set(call.keywords)
        and call.name.partition(".")[0] in LIGHTNING
        for _, call in submission.calls("Trainer", "Fabric", notebooks=True)
    )


@work("several devices in code, configurations, commands or jobs")
def find_work(submission):
    return bool(
        _told(submission)
        or any(True for _ in _trainers(submission))
        or submission.mentions(*_CODE)
        or submission.running(*_COMMANDS)
        or any(True for _ in _cloud(submission))
    )


@check(
    "The training runs on several devices",
    points=1,
    required=False,
    questions=[28],
    boxes=["w3-08"],
    hint='`Trainer(accelerator="gpu", devices=2, strategy="ddp")`, `torchrun --nproc_per_node=2 train.py`, or '
    "`DistributedDataParallel` around the model.",
)
def test_training_runs_on_several_devices(submission):
    told = list(_trainers(submission))
    coded = submission.mentions(*_CODE)
    run = [one.evidence for one in submission.running(*_COMMANDS)]
    cloud = list(_cloud(submission))
    measure("n_distributed_traces", len(told) + len(coded) + len(run) + len(cloud))
    show([*told, *coded, *run, *cloud][:4])
    if told or coded or run:
        return
    if cloud:
        partial(0, "A job asks for several machines, but no code spreads the training over them.", cloud[:3])
    if all_there_are := list(_open_trainers(submission)):
        partial(
            0,
            '`devices="auto"` takes all devices of a machine: whether there were several is not in the repository.',
            all_there_are[:3],
        )
    raise AssertionError(
        "Nothing spreads the training over devices: no strategy, no several devices, no `torchrun`."
    )


@check(
    "Each process sees its own part of the data",
    points=1,
    required=False,
    questions=[28],
    requires=["training_runs_on_several_devices"],
    hint="With `DistributedDataParallel` of your own: `DataLoader(..., sampler=DistributedSampler(dataset))`. Lightning and "
    "accelerate see to it themselves.",
)
def test_data_is_shared_out(submission):
    by_hand = submission.mentions("torch.nn.parallel.DistributedDataParallel")
    careful = submission.mentions(
        "torch.utils.data.distributed.DistributedSampler",
        "torch.utils.data.DistributedSampler",
        "accelerate.Accelerator",
    )
    show([*careful, *by_hand][:2])
    assert careful or not by_hand, by_hand[:3]
