"""M13: code that profiles, and what comes out of it."""

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
    scope="project",
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
