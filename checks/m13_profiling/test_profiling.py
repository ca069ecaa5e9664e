"""M13: somebody measured where the time goes."""

import ast

from grader.suite import Evidence, SubmissionFault, check, measure, not_applicable, partial, work

from ..common.messages import show
from ..common.words import PICTURES
from ._common import code, folders_of_work

#: What measures running code. Profilers of data (ydata_profiling, whylogs) are none.
_PROFILERS = (
    *("cProfile", "pstats", "profile.run", "profile.runctx", "profile.Profile", "tracemalloc"),
    *("torch.profiler", "torch.autograd.profiler", "torch.utils.bottleneck", "torch.cuda.profiler"),
    *("lightning.pytorch.profilers", "pytorch_lightning.profilers", "pytorch_lightning.profiler"),
    *("lightning.pytorch.profiler", "lightning.profilers", "line_profiler", "memory_profiler", "memray"),
    *("pyinstrument", "scalene", "yappi", "viztracer", "snakeviz", "googlecloudprofiler", "pyroscope"),
    *("jax.profiler", "tensorflow.profiler", "deepspeed.profiling", "fastapi_profiler", "gprof2dot"),
)
_PROGRAMS = (
    *("cProfile", "pyinstrument", "scalene", "py-spy", "kernprof", "line_profiler", "mprof", "memray"),
    *("memory_profiler", "torch.utils.bottleneck", "nsys", "ncu", "viztracer", "snakeviz", "austin", "yappi"),
    *("gprof2dot", "flameprof", "tuna"),
)
_MAGICS = ("%prun", "%lprun", "%mprun", "%memit", "%scalene", "%snakeviz", "%pyinstrument")
_DECLARED = (
    *("snakeviz", "torch-tb-profiler", "line-profiler", "memory-profiler", "pyinstrument", "scalene"),
    *("py-spy", "memray", "viztracer", "yappi"),
)
_LIGHTNING = ("lightning", "pytorch_lightning")
#: Dumps and traces by what they end in, and by what is written in a report of text.
_DUMPS = (
    *(".prof", ".pstats", ".pstat", ".cprof", ".lprof", ".pt.trace.json", ".pt.trace.json.gz"),
    *(".speedscope.json", ".nsys-rep", ".qdrep", ".memray"),
)
_REPORTS = (".txt", ".log", ".md", ".json", ".html", ".svg", ".csv", ".dat", ".out", ".bin", ".pkl", "")
_SAID = (
    *("function calls", "cumtime", "Profiler Report", "Self CPU", "ncalls", "traceEvents", "Mem usage"),
    *("pyinstrument", "scalene", "speedscope", "Flame Graph", "snakeviz", "% Time", "tottime"),
)
_SHOWN = (
    *("profiling", "profiler", "snakeviz", "cprofil", "flamegraph", "flame_graph", "flame-graph", "tottime"),
    *("cumtime", "scalene", "pyinstrument", "torch_prof", "chrome_trace"),
)
_NOT_SHOWN = ("pandas", "ydata", "data_prof", "dataprof", "data-prof", "whylog")
_FOREIGN = {".git", ".venv", "venv", "env", "site-packages", "node_modules", "__pycache__"}
#: Reads of candidates a run, so that a folder of a thousand traces costs no minute.
_MAX_READ = 40


def _uses(submission):
    """Where code makes use of a profiler that it imports; of each file the first place."""
    wanted = tuple(f"{name}." for name in _PROFILERS)
    for file in code(submission):
        node = next(
            (
                node
                for node in ast.walk(file.tree)
                if isinstance(node, ast.Name | ast.Attribute)
                and f"{file.dotted(node)}.".startswith(wanted)
                and file.imports_module(*_PROFILERS, file.dotted(node).partition(".")[0])
            ),
            None,
        )
        if node is not None:
            yield file.evidence(node)
        # `@profile` without an import is what kernprof and mprof put in.
        for function in file.functions if "profile" not in file.aliases else ():
            if any(decorator.name == "profile" for decorator in function.decorators) and not any(
                other.name == "profile" for other in file.functions
            ):
                yield file.evidence(function, "@profile")


def _settings(submission):
    """(path, line, value) of every `profiler:` in the YAML files of a project that trains with Lightning."""
    if not submission.imports(*_LIGHTNING, tests=True, notebooks=True):
        return
    for path in submission.files("**/*.yaml", "**/*.yml"):
        todo = list(_documents(submission, path))
        while todo:
            data = todo.pop()
            if isinstance(data, dict) and "profiler" in data:
                yield path, data.lines.get("profiler"), data["profiler"]
            inside = data.values() if isinstance(data, dict) else data
            todo += [value for value in inside if isinstance(value, dict | list)]


def _documents(submission, path):
    try:
        return [one for one in submission.yaml_documents(path) if isinstance(one, dict | list)]
    except SubmissionFault:
        return []


def _is_on(value):
    return value not in (None, False, "", "null", "None", "none")


def _trainers(submission):
    """Where `profiler=` is given to a trainer, with whether anything may be in it."""
    settings = list(_settings(submission))
    for path, line, value in settings:
        if isinstance(value, dict) or _is_on(value):
            yield Evidence(path, line, f"profiler: {'...' if isinstance(value, dict) else value}"), True
    configured = [value for _, _, value in settings]
    for file in code(submission):
        for call in file.calls():
            if "profiler" in call.keywords and call.name.rpartition(".")[2] != "add_argument":
                given = call.keywords["profiler"]
                yield file.evidence(given), _may_be_on(file, given, configured)


def _may_be_on(file, given, configured):
    if isinstance(given, ast.Constant):
        return _is_on(given.value)
    if isinstance(given, ast.Name):
        values = [
            node.value
            for node in ast.walk(file.tree)
            if isinstance(node, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == given.id for target in node.targets)
        ]
        constants = [value.value for value in values if isinstance(value, ast.Constant)]
        return not values or len(constants) < len(values) or any(map(_is_on, constants))
    # `cfg.trainer.profiler`: as it is set, if it is set anywhere.
    return not configured or any(isinstance(value, dict) or _is_on(value) for value in configured)


def _commands(submission):
    for command in submission.commands:
        options = [word.lstrip("-+").partition("=") for word in command.words]
        switched = any(
            name.rpartition(".")[2] == "profiler" and "." in name and value not in ("null", "None")
            for name, _, value in options
        )
        if switched or command.runs(*_PROGRAMS):
            yield command.evidence


def _magics(submission):
    for book in submission.notebooks():
        for cell in book.code_cells:
            for line in cell.source.split("\n"):
                text = line.strip()
                words = text.lstrip("!%").split()
                named = text.startswith("!") and any(word in _PROGRAMS for word in words[:6])
                if named or text.replace("%%", "%", 1).startswith(_MAGICS):
                    yield book.evidence(cell, text[:200])


def _traces(submission):
    """Dumps, reports and pictures of profilers among the files, with whether there is anything in them."""
    read = 0
    for path in submission.all_files:
        name = path.lower()
        *folders, base = name.split("/")
        if not _FOREIGN.isdisjoint(folders) or submission.is_sample_figure(path):
            continue
        suffix = "." + base.rpartition(".")[2] if "." in base else ""
        if base.endswith(_DUMPS):
            yield Evidence(path, None, "a dump of a profiler"), not submission.is_template(path)
        elif suffix in PICTURES and _is_picture_of_profile(name):
            yield Evidence(path, None, "a picture of a profile"), not submission.is_template(path)
        elif suffix in _REPORTS and _is_named_as_report(name, folders, base) and read < _MAX_READ:
            read += 1
            if submission.is_template(path):
                yield Evidence(path, None, "an empty file"), False
            elif _is_report(submission, path):
                yield Evidence(path, None, "what a profiler wrote"), True


def _is_picture_of_profile(name):
    words = [word for word in _SHOWN if word in name]
    kept = name.startswith(("report", "docs", "figures", "images", "profil")) and "profile" in name
    person = any(word in name for word in ("profile_pic", "profile-pic", "profilepic", "profile_photo"))
    return bool(words or kept) and not person and not any(word in name for word in _NOT_SHOWN)


def _is_named_as_report(name, folders, base):
    lightning = base.startswith(("fit-", "validate-", "test-", "predict-")) and base.endswith(".txt")
    named = "profil" in name or "flame" in base or base in ("trace.json", "restats")
    return (named or lightning) and not base.endswith((".py", ".yaml", ".yml"))


def _is_report(submission, path):
    try:
        data = submission.bytes(path)
    except SubmissionFault:
        return False
    text = data[:200_000].decode("utf-8", "replace")
    # A dump of cProfile is marshalled, whatever its name ends in: a dict of tuples.
    marshalled = data[:1] in (b"{", b"\xfb") and b"\0" in data[:64]
    return marshalled or any(said in text for said in _SAID)


def _found(submission):
    """Evidence that code was profiled, of a profiler that did nothing, and of a trainer's that is switched off."""
    used = [*_uses(submission), *_commands(submission), *_magics(submission)]
    idle, off = [], []
    for place, holds in _traces(submission):
        (used if holds else idle).append(place)
    for place, on in _trainers(submission):
        (used if on else off).append(place)
    if not used:
        idle += submission.imports(*_PROFILERS, tests=True, notebooks=True)
    return used, idle, off


@work("a profiler in code, notebooks, tasks or scripts, `Trainer(profiler=…)`, or what a profiler wrote")
def find_work(submission):
    if submission.profile != "project":
        return folders_of_work(submission)
    return bool(any(_found(submission)) or not submission.dependencies.isdisjoint(_DECLARED))


@check(
    "Code was run under a profiler",
    points=1,
    scope="project",
    questions=[16],
    boxes=["w1-16"],
    required=False,
    hint="`python -m cProfile -o profile.prof src/<package>/train.py`, `torch.profiler.profile(...)` around some iterations, or "
    '`Trainer(profiler="simple")`. Keep the script, the task or the report in the repository.',
)
def test_code_is_profiled(submission):
    used, idle, off = _found(submission)
    measure("n_profiling_traces", len(used))
    show(used[:5])
    if used:
        return
    if idle:
        partial(0, "A profiler is imported and never started, or what it wrote is empty.", idle[:5])
    if off:
        not_applicable("The trainer could profile, but its profiler is switched off.")
    not_applicable("No trace of a profiler in the repository: nobody can tell whether one was run.")
