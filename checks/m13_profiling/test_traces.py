"""M13: the PyTorch profiler looks at networks of sizes that nobody has seen: traces and tables of this run."""

import re

from grader.suite import StudentFault, check, evidence, shared

from ._common import CPU_S, WALL_S, torch_scripts
from ._traces import LAYERS, READ, column, falls, networks, tables, torchvision, with_widths

#: Ten are asked for; a schedule may leave some of them out.
_PASSES = 5
_MOST_ROWS = 40
#: Operations of layers, as tables name them.
_LAYERS = ("aten::linear", "aten::addmm", "aten::conv2d", "aten::convolution")
_TRACES = (".json", ".json.gz")


@shared
def traced(student, submission, rng):
    """What the students' scripts trace and print of networks with hidden widths."""
    scripts = torch_scripts(submission)
    assert scripts, "No script opens the PyTorch profiler."
    wide, deep = rng.randrange(301, 400, 2), rng.randrange(61, 99, 2)
    nets = networks(submission)
    large = any(file.imports_module("torchvision") for file in scripts)
    assert nets or large, (
        "The two networks, `WIDE` and `DEEP`, are not there: `nets.py`, which `grader start M13` brings, has to stay as it is."
    )
    for file in nets:
        student.write(file.path, with_widths(file.text, wide, deep))
    if large:
        student.stub("torchvision", torchvision(wide, deep))
    changed, printed = [], ""
    for file in scripts[:2]:
        done = student.run(["python", file.path], changes=True, cpu_s=CPU_S, timeout=WALL_S).succeeded()
        changed += [path for path in done.changed if path.endswith(_TRACES)]
        printed += done.stdout
    found = student.probe(READ, paths=changed[:20], cpu_s=CPU_S)
    if not isinstance(found, dict) or not all(_is_trace(one) for one in found.values()):
        raise StudentFault("reply", "What the traces say cannot be read.")
    return {
        "script": scripts[0].path,
        "widths": [wide, deep],
        "traces": found,
        "tables": [[head, rows[:_MOST_ROWS]] for head, rows in tables(printed)[:8]],
    }


def _is_trace(one):
    return (
        isinstance(one, dict)
        and type(one.get("memory")) is int
        and isinstance(one.get("linear"), dict)
        and isinstance(one.get("sizes"), list)
        and all(type(number) is int for number in (*one["linear"].values(), *one["sizes"]))
    )


def _of(found, width):
    """The traces that have one of the networks, by its width."""
    return {path: one for path, one in found["traces"].items() if width in one["sizes"]}


@check(
    "A trace has several passes of a network, with the shapes of what goes in",
    points=4,
    scope="exercises",
    environment="required",
    hint="One pass tells more of the start than of the network: let the profiler see ten. "
    "Shapes are recorded if it is asked to.",
)
def test_trace(submission, student, rng):
    found = traced(student, submission, rng)
    evidence(found["script"])
    assert found["traces"], f"{found['script']} leaves no trace (.json) that can be read."
    assert any(_of(found, width) for width in found["widths"]), (
        "No trace of this run has an operation with the shapes of one of the networks that are compared."
    )
    passes = [
        (one["linear"].get(str(width), 0) // layers, path)
        for width, layers in zip(found["widths"], LAYERS, strict=True)
        for path, one in _of(found, width).items()
    ]
    most, path = max(passes)
    assert most >= _PASSES, f"{path} has {most} whole passes of a network."


@check(
    "Both networks have a trace, each in a folder of its own",
    points=2,
    scope="exercises",
    environment="required",
    hint="Traces in one folder are runs of one thing; to lay two networks beside each other, give each its own.",
)
def test_two_traces(submission, student, rng):
    found = traced(student, submission, rng)
    wide, deep = found["widths"]
    folders = [
        {path.rpartition("/")[0] for path in _of(found, one) if other not in found["traces"][path]["sizes"]}
        for one, other in ((wide, deep), (deep, wide))
    ]
    assert all(folders), "There is no trace of each network by itself."
    assert any(one != other for one in folders[0] for other in folders[1]), (
        "Both traces are in the same folder."
    )


@check(
    "A table shows the operations that take most time first, and one their shapes",
    points=3,
    scope="exercises",
    environment="required",
    hint="`key_averages` gives a table, sorted as it is asked to be; grouped by the shapes of inputs it has a column more.",
)
def test_tables(submission, student, rng):
    found = traced(student, submission, rng)
    sound = [one for one in found["tables"] if any(row[0] in _LAYERS for row in one[1])]
    assert sound, f"{found['script']} prints no table of the profiler with the layers' operations."
    timed = [one for one in sound if any(falls(column(one, name)) for name in ("CPU total", "Self CPU"))]
    assert timed, "No table has the operation that takes most time first."
    shapes = [
        row[one[0].index("Input Shapes")] for one in timed if "Input Shapes" in one[0] for row in one[1]
    ]
    assert any(re.search(rf"\b{width}\b", shape) for shape in shapes for width in found["widths"]), (
        "No table that is sorted by time tells operations apart by the shapes of their inputs."
    )


@check(
    "The profiler looks at memory, too, and a table has the operations that take most of it first",
    points=2,
    scope="exercises",
    environment="required",
    hint="Memory is recorded if the profiler is asked to; then a table can be sorted by an operation's own memory.",
)
def test_memory(submission, student, rng):
    found = traced(student, submission, rng)
    known = [column(one, name) for one in found["tables"] for name in ("Self CPU Mem", "CPU Mem")]
    assert any(any(one) for one in known) or any(one["memory"] for one in found["traces"].values()), (
        f"What {found['script']} prints and leaves says nothing of memory."
    )
    assert any(falls(one) and any(one) for one in known), (
        "No table has the operation that takes most memory first."
    )
