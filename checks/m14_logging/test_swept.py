"""M14: a sweep, whose program is started as an agent starts it."""

import math

from grader.suite import Evidence, check, evidence

from ._common import options, program_of, sweeps
from ._tracker import WANDB
from ._trained import near, put_data, series, settings, told, train

_METHODS = ("grid", "random", "bayes")
_DEFAULT = ["${env}", "${interpreter}", "${program}", "${args}"]


def chosen(rng, parameter):
    """A value that an agent may choose for a parameter; None where it is not told by the sweep."""
    if not isinstance(parameter, dict):
        return None
    values = parameter.get("values")
    if isinstance(values, list) and values:
        return rng.choice(values)
    low, high = parameter.get("min"), parameter.get("max")
    if all(type(one) in (int, float) for one in (low, high)) and low <= high:
        kind = str(parameter.get("distribution", ""))
        if type(low) is int and type(high) is int and kind in ("", "int_uniform"):
            return rng.randint(low, high)
        value = rng.uniform(low, high)
        exponents = kind in ("log_uniform", "q_log_uniform", "inv_log_uniform")
        return round(math.exp(min(value, 50.0)) if exponents else value, 7)
    return parameter.get("value")


def varies(parameter):
    """Whether a parameter takes more than one value."""
    if not isinstance(parameter, dict):
        return False
    values = parameter.get("values")
    several = isinstance(values, list) and len({str(one) for one in values}) > 1
    return several or ({"min", "max"} <= set(parameter) and parameter["min"] != parameter["max"])


def command(config, picked):
    """The words behind the program that an agent calls it with."""
    words = config.data.get("command")
    found = []
    for word in words if isinstance(words, list) else _DEFAULT:
        if word == "${args}":
            found += [f"--{name}={value}" for name, value in picked.items()]
        elif word == "${args_no_hyphens}":
            found += [f"{name}={value}" for name, value in picked.items()]
        else:
            found.append(str(word))
    at = found.index("${program}") if "${program}" in found else 0
    return found[at + 1 :]


@check(
    "A sweep starts its program, which takes what is varied and logs what is compared",
    points=4,
    scope="exercises",
    environment="required",
    requires=["config_is_tracked"],
    hint="Start the program by hand as the agent does: every name in `parameters` as an option, spelled as it is there. `metric` "
    "is compared by the name that it is logged under.",
)
def test_sweep_runs(submission, student, rng):
    found = sweeps(submission)
    assert found, "No YAML file has `program` and `parameters` of a sweep."
    config = found[0]
    evidence(config.path)
    program = program_of(submission, config)
    assert program, Evidence(config.path, config.line("program"), "there is no such file")
    assert config.data.get("method") in _METHODS, f"{config.path}: `method` is none of {', '.join(_METHODS)}."
    parameters = config.data["parameters"]
    assert sum(map(varies, parameters.values())) >= 2, (
        f"{config.path}: fewer than two parameters take several values."
    )
    metric = config.data.get("metric")
    metric = metric if isinstance(metric, dict) else {}
    assert metric.get("name"), f"{config.path}: `metric` has no name."
    assert metric.get("goal") in ("minimize", "maximize"), (
        f"{config.path}: the goal of `metric` is neither to minimize nor to maximize."
    )
    picked = {str(name): chosen(rng, one) for name, one in parameters.items()}
    picked = {name: value for name, value in picked.items() if value is not None}
    student.stub("wandb", WANDB)
    put_data(student, submission, rng)
    spelled, _ = options(submission, program)
    short = ["--epochs=1"] if spelled.get("epochs") == "--epochs" and "epochs" not in picked else []
    train(student, submission, program, [*command(config, picked), *short])
    records = told(student)
    numbers, _ = settings(records)
    varied = {name: value for name, value in picked.items() if type(value) in (int, float)}
    lost = [
        f"{name} = {value}" for name, value in varied.items() if not any(near(one, value) for one in numbers)
    ]
    assert not lost, f"Started as by an agent, {program} does not train with {', '.join(lost)}."
    logged = series(records)
    name = str(metric["name"])
    assert name in logged, (
        f"{config.path} compares `{name}`; {program} logs {', '.join(logged)[:300] or 'nothing'}."
    )
    assert all(map(math.isfinite, logged[name])), (
        f"`{name}` is logged with values that are no finite numbers."
    )
