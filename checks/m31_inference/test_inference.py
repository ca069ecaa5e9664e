"""M31: models that were made smaller or faster."""

import ast

from grader.suite import check, evidence, measure, partial, work

from ..common.messages import show
from ..common.words import LIGHTNING

_COMPILED = (
    "torch.compile",
    "torch.jit",
    "torch._dynamo",
    "torch_tensorrt",
    "tensorrt",
    "torch.export",
    "openvino",
    "optimum",
)
_QUANTISED = (
    *(
        "torch.quantization",
        "torch.ao.quantization",
        "torch.ao.nn.quantized",
        "torchao",
        "bitsandbytes",
        "auto_gptq",
        "onnxruntime.quantization",
    ),
    *("transformers.BitsAndBytesConfig", "neural_compressor", "torch.quantize_per_tensor", "llmcompressor"),
)
#: Names of callbacks, and arguments of libraries that make a model smaller or faster by a setting.
_CALLBACKS = {
    "ModelPruning": "pruned",
    "QuantizationAwareTraining": "quantised",
    "TFLiteConverter": "quantised",
}
_SETTINGS = {
    **dict.fromkeys(("load_in_8bit", "load_in_4bit", "quantization_config", "int8"), "quantised"),
    "torch_compile": "compiled",
}
_PRUNED = ("torch.nn.utils.prune", "torch_pruning", "torch.nn.utils.prune.l1_unstructured")
_HALF = ("torch.amp.autocast", "torch.cuda.amp.autocast", "torch.autocast")
_PRECISION = {"16", "16-mixed", "16-true", "bf16", "bf16-mixed", "bf16-true", "half", "float16"}


def _mentions(submission, *names):
    return submission.mentions(*names, tests=True, notebooks=True)


def _ways(submission):
    """Where a model is made faster, by the way."""
    found = {
        "compiled": _mentions(submission, *_COMPILED),
        "quantised": _mentions(submission, *_QUANTISED),
        "pruned": _mentions(submission, *_PRUNED),
    }
    lightning = bool(submission.imports(*LIGHTNING))
    for file in submission.code(tests=True, notebooks=True):
        own = {name for one in file.classes for name in (method.name for method in one.methods)}
        for call in file.calls():
            last = call.name.rpartition(".")[2]
            method = isinstance(call.node.func, ast.Attribute)
            scripted = lightning and last == "to_torchscript" and last not in own
            compiled = last == "compile" and not call.args and _is_torch(file, call)
            if method and (scripted or compiled):
                found["compiled"].append(file.evidence(call))
            for name, way in _CALLBACKS.items():
                if name in call.name.split(".") and not call.name.startswith(name):
                    found[way].append(file.evidence(call))
            for name, way in _SETTINGS.items():
                given = call.keywords.get(name)
                if given is not None and getattr(given, "value", True) not in (False, None):
                    found[way].append(file.evidence(call))
    return found


def _is_torch(file, call):
    """Whether `model.compile()` is PyTorch's: Keras gives it an optimiser, `re` a pattern."""
    keras = file.imports_module("keras", "tensorflow")
    return file.imports_module("torch") and not keras and not {"optimizer", "loss"} & call.keywords.keys()


def _precision(submission):
    """Where a trainer, a configuration or a call asks for half precision."""
    places = [
        file.evidence(call)
        for file, call in submission.calls("Trainer", "Fabric", notebooks=True)
        if str(call.argument("precision", default="")) in _PRECISION
    ]
    for config in submission.configs():
        places += [
            config.evidence(key)
            for key, value in config.values.items()
            if key.rpartition(".")[2] in ("precision", "fp16", "bf16")
            and (str(value) in _PRECISION or value is True)
        ]
    halved = [
        (file, call)
        for file, call in submission.calls("half", "bfloat16", notebooks=True)
        if isinstance(call.node.func, ast.Attribute) and not call.args and file.imports_module("torch")
    ]
    return (
        places + [file.evidence(call) for file, call in halved] + submission.mentions(*_HALF, notebooks=True)
    )


@work("a model that is quantised, compiled, pruned, or used in half precision")
def find_work(submission):
    declared = {
        "bitsandbytes",
        "torchao",
        "neural-compressor",
        "optimum",
        "torch-pruning",
    } & submission.dependencies
    return bool(declared or any(_ways(submission).values()) or _precision(submission))


@check(
    "A model was quantised, compiled or pruned",
    points=1,
    required=False,
    questions=[28],
    boxes=["w3-09"],
    hint="`torch.compile(model)`, `torch.ao.quantization.quantize_dynamic(model)` or `torch.nn.utils.prune`: keep the script, "
    "and write down size and time before and after.",
)
def test_a_model_was_made_faster(submission):
    ways = _ways(submission)
    done = [way for way, places in ways.items() if places]
    measure("inference_optimisations", ", ".join(done))
    show([place for places in ways.values() for place in places][:4])
    if done:
        return
    half = _precision(submission)
    if half:
        partial(0, "Half precision is used; nothing is quantised, compiled or pruned.", half[:3])
    raise AssertionError("No code quantises, compiles or prunes a model.")


@check(
    "Size or time was measured before and after",
    points=1,
    required=False,
    questions=[28],
    requires=["a_model_was_made_faster"],
    hint="Time both models on the same inputs (`time.perf_counter()`, `torch.utils.benchmark`), and print the two figures.",
)
def test_gain_was_measured(submission):
    clocks = (
        "time.time",
        "time.perf_counter",
        "timeit",
        "torch.utils.benchmark",
        "time.monotonic",
        "ptflops",
        "os.path.getsize",
        "calflops",
    )
    changed = {place.path for places in _ways(submission).values() for place in places}
    timed = [
        place for place in submission.mentions(*clocks, tests=True, notebooks=True) if place.path in changed
    ]
    show(timed[:3])
    assert timed, [evidence(path, None, "it measures nothing") for path in sorted(changed)[:3]]
