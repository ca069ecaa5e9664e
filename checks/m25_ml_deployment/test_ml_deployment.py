"""M25: a model is exported to ONNX, run by ONNX Runtime, or served by BentoML."""

from grader.suite import SubmissionFault, check, evidence, measure, not_applicable, work

from ..common.messages import only_declared, show

_LIBRARIES = ("onnx", "onnxruntime", "onnxscript", "bentoml", "skl2onnx", "tf2onnx", "onnxmltools")
_DECLARED = ("onnx", "onnxruntime", "onnxruntime-gpu", "onnxscript", "bentoml", "skl2onnx", "tf2onnx")
_EXPORTS = ("torch.onnx.export", "torch.onnx.dynamo_export", "to_onnx", "convert_sklearn", "tf2onnx.convert")
_RUNS = ("InferenceSession",)
#: Whatever of these packages is called, or decorates something, is a use of them.
_USES = (*_LIBRARIES, "torch.onnx", "optimum.onnxruntime", "optimum.exporters", "hummingbird")
_FILES = ("**/*.onnx", "**/*.onnx.dvc", "**/*.ort")
_BENTO_FILES = ("**/bentofile.yaml", "**/bentofile.yml")
_COMMANDS = (
    "bentoml serve",
    "bentoml build",
    "bentoml containerize",
    "bentoml deploy",
    "optimum-cli export onnx",
)


def _code(submission):
    return submission.code(notebooks=True)


def _is_use(name):
    return any(name == one or name.startswith(f"{one}.") for one in _USES)


def _uses(submission):
    """Calls of the libraries, and what they decorate; an import alone uses nothing."""
    found = []
    for file in _code(submission):
        places = [call.line for call in file.calls() if _is_use(call.name) or _is_export(call)]
        owners = [*file.functions, *file.classes]
        places += [mark.line for owner in owners for mark in owner.decorators if _is_use(mark.name)]
        found += [file.evidence(line) for line in sorted(set(places))[:2]]
    return found


def _is_export(call):
    last = call.name.rpartition(".")[2]
    if last == "export":
        return call.argument("format") == "onnx" or call.name.endswith("onnx.export")
    return last in ("to_onnx", "convert_sklearn") or call.name.endswith("onnx.dynamo_export")


def _models(submission):
    return [path for path in submission.files(*_FILES) if not submission.is_template(path)]


def _bento_files(submission):
    """Build files of BentoML that name a service."""
    found = []
    for path in submission.files(*_BENTO_FILES):
        try:
            data = submission.yaml(path)
        except SubmissionFault:
            continue
        if isinstance(data, dict) and isinstance(data.get("service"), str) and data["service"].strip():
            found.append(path)
    return found


@work("code, commands, files or a dependency of ONNX, ONNX Runtime or BentoML")
def find_work(submission):
    return bool(
        submission.imports(*_USES, notebooks=True)
        or _uses(submission)
        or _models(submission)
        or submission.files(*_BENTO_FILES)
        or submission.running(*_COMMANDS)
        or not submission.dependencies.isdisjoint(_DECLARED)
    )


@check(
    "A model is exported to ONNX, or served by ONNX Runtime or BentoML",
    points=1,
    questions=[23, 28],
    boxes=["w2-17"],
    required=False,
    hint="Export with `torch.onnx.export(model, …)` and serve with `onnxruntime.InferenceSession`, or write a class with "
    "`@bentoml.service`.",
)
def test_a_model_is_served_by_onnx_or_bentoml(submission):
    uses, models, bentos = _uses(submission), _models(submission), _bento_files(submission)
    commands = submission.running(*_COMMANDS)
    show([*uses, *(command.evidence for command in commands)][:4])
    for path in [*models, *bentos][:2]:
        evidence(path)
    measure("n_onnx_files", len(models))
    measure("n_onnx_or_bentoml_uses", len(uses))
    assert uses or models or bentos or commands, _what_is_missing(submission)


def _what_is_missing(submission):
    imported = submission.imports(*_USES, notebooks=True)
    if imported:
        return imported[:3]
    return only_declared(submission, _DECLARED, "No code exports or serves a model with ONNX or BentoML.")


def _calls(submission, *names):
    return [(file, call) for file in _code(submission) for name in names for call in file.calls(name)]


@check(
    "An exported model takes batches of any size",
    points=1,
    questions=[23],
    required=False,
    requires=("a_model_is_served_by_onnx_or_bentoml",),
    hint="Name the axis: `torch.onnx.export(…, dynamic_axes={'input': {0: 'batch'}})`, or `dynamic_shapes=` of the new exporter.",
)
def test_the_batch_axis_is_dynamic(submission):
    exports = _calls(submission, "torch.onnx.export", "torch.onnx.dynamo_export", "to_onnx")
    exports = [(file, call) for file, call in exports if not call.name.startswith(("skl2onnx", "onnx."))]
    if not exports:
        not_applicable("No model of PyTorch is exported.")
    wanted = ("dynamic_axes", "dynamic_shapes", "export_options")
    fixed = [
        file.evidence(call)
        for file, call in exports
        if not any(name in call.keywords for name in wanted)
        and not any(keyword.arg is None for keyword in call.node.keywords)
    ]
    assert len(fixed) < len(exports), fixed[:3]


@check(
    "The exported model is run",
    points=1,
    questions=[23],
    required=False,
    requires=("a_model_is_served_by_onnx_or_bentoml",),
    hint="`session = onnxruntime.InferenceSession('model.onnx')`, then `session.run(None, {'input': batch})`.",
)
def test_the_exported_model_is_run(submission):
    sessions = _calls(submission, *_RUNS) + [
        (file, call)
        for file, call in _calls(submission, "from_pretrained")
        if call.name.startswith("optimum.onnxruntime")
    ]
    served = [
        mark
        for file in _code(submission)
        for owner in [*file.functions, *file.classes]
        for mark in owner.decorators
        if mark.name.startswith("bentoml.")
    ]
    show(file.evidence(call) for file, call in sessions[:3])
    if not sessions and served:
        not_applicable("BentoML serves the model; nothing is exported.")
    assert sessions, "A model is exported, but no code makes an InferenceSession of it."
