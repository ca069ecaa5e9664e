"""M14: what an application says while it runs."""

import ast

from grader.suite import check, measure, partial

from ..common.messages import show

#: Packages that bring a logger along.
_LOGGING = (
    *("logging", "loguru", "structlog", "absl.logging", "rich.logging", "google.cloud.logging", "logbook"),
    *("flask", "prefect", "dagster", "fastapi.logger", "transformers.utils.logging", "accelerate.logging"),
    *("logzero", "coloredlogs", "daiquiri", "eliot", "picologging", "azure.functions", "ray.logger"),
    *(
        "lightning.pytorch.utilities",
        "pytorch_lightning.utilities",
        "lightning_utilities",
        "lightning.fabric",
    ),
)
_ROOTS = ("logging.", "loguru.", "structlog.", "absl.logging.", "logbook.", "logzero.")
_LEVELS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "success", "trace"}
_RANK_ZERO = {"rank_zero_info", "rank_zero_warn", "rank_zero_debug"}
_MAKES_LOGGER = {"getLogger", "get_logger", "getChild", "get_run_logger", "LoggerAdapter", "RankedLogger"}
#: What the template of the course's first years logs by itself, and the page of the course as its example.
_COURSE_SAYS = {
    "making final data set from raw data",
    "Used for debugging your code.",
    "Informative messages from your code.",
    "Everything works but there is something to be aware of.",
    "There's been a mistake with the process.",
    "There is something terribly wrong and process may terminate.",
}


def _events(submission):
    """(file, call) of every call that logs something, in the group's own code."""
    files = submission.code()
    if not any(file.imports_module(*_LOGGING) for file in files):
        return []
    return [(file, call) for file in files for call in _events_of(file)]


def _events_of(file):
    named = {
        target.id
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and file.dotted(node.value.func).rpartition(".")[2] in _MAKES_LOGGER
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in file.calls():
        owner, _, level = call.name.rpartition(".")
        said = call.argument(position=0)
        courses = isinstance(said, str) and said in _COURSE_SAYS
        if not courses and (level in _RANK_ZERO or _logs(owner, level, call, named)):
            yield call


def _logs(owner, level, call, named):
    known = f"{owner}.".startswith(_ROOTS)
    if level == "log":
        # Trackers have a `log`, too.
        return known and len(call.args) > 1
    last = owner.replace("()", "").replace("[]", "").rpartition(".")[2]
    plain = last.lower().strip("_")
    return level in _LEVELS and (
        known or last in named or plain.endswith("logger") or plain in ("log", "logging")
    )


@check(
    "The application logs what happens",
    points=1,
    scope="project",
    questions=[13],
    boxes=["w1-17"],
    required=False,
    hint="`from loguru import logger` (or `logging.getLogger(__name__)`), then `logger.info(…)` where something begins or ends, "
    "`logger.warning(…)` where something is odd, instead of `print`.",
)
def test_application_logs(submission):
    events = _events(submission)
    measure("n_log_calls", len(events))
    show(file.evidence(call) for file, call in events[:3])
    measure(
        "n_print_calls",
        len([1 for file in submission.code() for call in file.calls() if call.name == "print"]),
    )
    if len(events) == 1:
        partial(0, "A single line of code logs: hardly the important events.")
    made = submission.imports("logging", "loguru", "structlog")
    assert events, [
        *made[:3]
    ] or "No code logs anything: there is no call of logging, loguru or another logger."


@check(
    "Messages say what went wrong and at which level",
    points=1,
    scope="project",
    questions=[13],
    required=False,
    hint="Use more than one level: `logger.debug` for details, `logger.warning` and `logger.error` (or `logger.exception` in an "
    "`except`) for what should not happen.",
)
def test_levels_are_used(submission):
    events = _events(submission)
    assert events, "No code logs anything."
    levels = {call.name.rpartition(".")[2] for _, call in events}
    measure("log_levels", ", ".join(sorted(levels)))
    only = next(iter(levels))
    file, call = events[0]
    assert len(levels) > 1, file.evidence(call, f"every message is of the level {only}")
