"""M13: code that profiles, and what comes out of it."""

import ast

from grader.suite import check, not_applicable

from ._common import code

_OPENED = (
    *("torch.profiler.profile", "torch.autograd.profiler.profile", "cProfile.Profile", "profile.Profile"),
    *("pyinstrument.Profiler", "line_profiler.LineProfiler", "viztracer.VizTracer"),
)
_SHOWS = (
    *("print_stats", "dump_stats", "key_averages", "export_chrome_trace", "export_stacks", "export_memory"),
    *("tensorboard_trace_handler", "Stats", "output_text", "output_html", "write_html", "print", "save"),
    *("open_in_browser", "export_memory_timeline", "output", "create_stats"),
)


@check(
    "What a profiler measured is printed or written down",
    points=1,
    questions=[16],
    required=False,
    hint="`print(prof.key_averages().table(sort_by='cpu_time_total', row_limit=10))`, `prof.export_chrome_trace('trace.json')`, "
    "or `pstats.Stats(profiler).sort_stats('cumtime').print_stats(20)`.",
)
def test_profiles_are_shown(submission):
    opened = [(file, call) for file in code(submission) for name in _OPENED for call in file.calls(name)]
    if not opened:
        not_applicable("No profiler is opened in code: the others report by themselves.")
    silent = [file.evidence(call) for file, call in opened if not _shows(file)]
    assert len(silent) < len(opened), silent


def _shows(file):
    for call in file.calls():
        owner, _, last = call.name.rpartition(".")
        if last in _SHOWS and (owner or last in ("Stats", "tensorboard_trace_handler")):
            return True
        if any(file.dotted(value).rpartition(".")[2] in _SHOWS for value in call.keywords.values()):
            return True
    return False


@check(
    "The PyTorch profiler looks at several iterations",
    points=1,
    scope="exercises",
    required=False,
    hint="The first iteration pays for start-up: `for _ in range(10): model(inputs); prof.step()` inside of `with profile(...)`.",
)
def test_several_iterations_are_profiled(submission):
    opened = [(file, call) for file in code(submission) for call in file.calls("torch.profiler.profile")]
    if not opened:
        not_applicable("The PyTorch profiler is not used.")
    stepped = [file for file, _ in opened if _steps_in_a_loop(file)]
    assert stepped, [file.evidence(call, "no `step()` of the profiler in a loop") for file, call in opened]


def _steps_in_a_loop(file):
    names = {
        item.optional_vars.id
        for node in ast.walk(file.tree)
        if isinstance(node, ast.With)
        for item in node.items
        if isinstance(item.optional_vars, ast.Name)
        and isinstance(item.context_expr, ast.Call)
        and file.dotted(item.context_expr.func) == "torch.profiler.profile"
    }
    names |= {
        target.id
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and file.dotted(node.value.func) == "torch.profiler.profile"
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return any(
        isinstance(loop, ast.For | ast.While)
        and any(call.name in {f"{name}.step" for name in names} for call in file.calls(within=loop))
        for loop in ast.walk(file.tree)
    )
