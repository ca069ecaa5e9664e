"""M4: the notebooks, executed from top to bottom, and the functions that students write in them."""

import ast
import json
import math
import re

from grader.suite import Array, StudentFault, check, evidence, measure, random_array, values, work

from ._common import LEARNING, folders, is_list, own_code, own_notebooks, readable

UNFINISHED = re.compile(r"^\s*#+\s*(TODO|Your (code|solution|answer))\b.*$", re.I | re.M)
SEED = re.compile(r"manual_seed\(\d+\)")

#: Before the first cell of the course's tensor notebook: keeps what is printed.
PRINTED = """
grader_seen, grader_print = [], print

def print(*arguments, **options):
    grader_seen.extend(arguments)
    grader_print(*arguments, **options)
"""

#: Behind its last cell: the tensors that its seed gives, drawn again, and every result of one number.
RESULTS = """
import torch

def grader_neuron(seed):
    torch.manual_seed(seed)
    features = torch.randn((1, 5))
    return features, torch.randn_like(features), torch.randn((1, 1))

def grader_layers(seed):
    torch.manual_seed(seed)
    return [torch.randn(shape) for shape in ((1, 3), (3, 2), (2, 1), (1, 2), (1, 1))]

def grader_results():
    values = [*grader_seen, *globals().values(), *globals().get("Out", {}).values()]
    found = [one for one in values if torch.is_tensor(one) and one.numel() == 1]
    return [float(one) for one in found][:200]
"""

#: What a network gives, the shapes of its layers, and what it gives when one layer at a time has other weights.
_LAYERS = """
import torch

network = load(path).Network().eval()
layers = [getattr(network, name) for name in ("fc1", "fc2", "fc3")]
others = []
for layer in layers:
    kept = layer.weight.detach().clone()
    with torch.no_grad():
        layer.weight.add_(torch.randn_like(kept))
        others.append(network(pixels))
        layer.weight.copy_(kept)
result = [network(pixels), [list(layer.weight.shape) for layer in layers], others]
"""

#: The shapes of what the first two of its functions draw.
DRAWN = [(1, 5), (1, 5), (1, 1), (1, 3), (3, 2), (2, 1), (1, 2), (1, 1)]
DOWNLOADS = ("torchvision", "helper", "urllib", "requests", "gdown")


@work(
    "a notebook of the course's or a script with `corrupt_mnist` or `MyAwesomeModel`, beyond the course's own files "
    "(in a project: code that imports torch or another learning library)"
)
def find_work(submission):
    if submission.profile == "exercises":
        return folders(submission)
    return any(file.imports_module(*LEARNING, "sklearn") for file in own_code(submission))


def notebook_with(submission, *names):
    """The students' notebook that defines any of the functions or classes."""
    for notebook in own_notebooks(submission):
        defined = {*notebook.functions.names, *notebook.python.classes.names}
        if defined.intersection(names):
            return notebook
    return None


def needs_the_network(notebook):
    return notebook.python.imports_module(*DOWNLOADS)


def write_lifted(student, notebook, *names):
    """Write a module of the definitions of `names` alone: the rest of the notebook wants data from the network."""
    keep = []
    for node in notebook.python.tree.body:
        from_torch = isinstance(node, ast.Import | ast.ImportFrom) and any(
            name.partition(".")[0] in ("torch", "numpy", "math")
            for name in [getattr(node, "module", "") or "", *(alias.name for alias in node.names)]
        )
        if from_torch or getattr(node, "name", "") in names:
            keep.append(ast.unparse(node))
    student.write("lifted_from_notebook.py", "\n".join(["import torch", *keep]))
    return "lifted_from_notebook.py"


def namespace(student, notebook, *names):
    return (
        student.load(write_lifted(student, notebook, *names))
        if needs_the_network(notebook)
        else student.notebook(notebook.path)
    )


def is_close(found, expected, tolerance=1e-4):
    return len(found) == len(expected) and all(
        abs(one - other) <= tolerance for one, other in zip(found, expected, strict=True)
    )


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def times(left, right):
    """The matrix product of two arrays, flat."""
    (rows, inner), columns = left.shape, right.shape[1]
    return [
        sum(left.data[row * inner + k] * right.data[k * columns + column] for k in range(inner))
        for row in range(rows)
        for column in range(columns)
    ]


@check(
    "No cell of the notebooks is unfinished or ends in an error",
    points=1,
    scope="exercises",
    hint="Fill in every `# TODO` cell, then restart the kernel, run all cells and save the notebook.",
)
def test_notebooks_are_complete(submission):
    notebooks = own_notebooks(submission)
    assert notebooks, "There is no notebook of your own."
    open_cells, run = [], 0
    for notebook in notebooks:
        run += any(cell.execution_count for cell in notebook.code_cells)
        for cell in notebook.code_cells:
            todo = UNFINISHED.search(cell.source)
            if todo and not answered(cell.source[todo.end() :]):
                open_cells.append(notebook.evidence(cell, todo.group(0).strip()))
        open_cells += [evidence(notebook.path, None, fault.message) for fault in notebook.broken_cells]
        errors = [number for number, text in notebook.outputs if "Traceback (most recent call last)" in text]
        open_cells += [notebook.evidence(number, "its saved output is an error") for number in errors]
    measure("n_notebooks", len(notebooks))
    measure("n_notebooks_run", run)
    assert not open_cells, ["These cells are not finished:", *open_cells]


def answered(rest):
    """Whether code follows that is more than `pass`, `...` or `return None`."""
    lines = [line.split("#")[0].strip() for line in rest.split("\n")]
    return any(line not in ("", "pass", "...", "return", "return None") for line in lines) and not re.search(
        r"^\s*raise NotImplementedError", rest, re.M
    )


@check(
    "The tensor notebook computes a neuron and a network of two layers by hand",
    points=2,
    scope="exercises",
    environment="required",
    hint="A neuron is `activation(torch.sum(features * weights) + bias)`; a layer is `activation(x @ W + b)`. "
    "Every layer has its own bias, and the hidden layer is activated, too.",
)
def test_tensors_by_hand(submission, student, rng):
    notebook = notebook_with(submission, "neuron", "two_layers", "activation")
    assert notebook, (
        "No notebook of yours defines `activation`, `neuron` or `two_layers` (1_Tensors_in_PyTorch.ipynb)."
    )
    evidence(notebook.path)
    asked = [name for name in ("neuron", "two_layers") if name in notebook.functions]
    if not asked:
        judge_results(student, submission, rng, notebook)
        return
    nb = namespace(student, notebook, "activation", "neuron", "two_layers")
    features, weights = random_array(rng, (1, 5), kind="torch"), random_array(rng, (1, 5), kind="torch")
    bias = random_array(rng, (1, 1), kind="torch")
    x, w1 = random_array(rng, (1, 3), kind="torch"), random_array(rng, (3, 4), kind="torch")
    w2, b1 = random_array(rng, (4, 1), kind="torch"), random_array(rng, (1, 4), kind="torch")
    b2 = random_array(rng, (1, 1), kind="torch")
    calls = {"neuron": (features, weights, bias), "two_layers": (x, w1, b1, w2, b2)}
    found = dict(zip(asked, values([nb.get(name)(*calls[name]) for name in asked]), strict=True))
    if "neuron" in found:
        total = (
            sum(one * other for one, other in zip(features.data, weights.data, strict=True)) + bias.data[0]
        )
        got = numbers(found["neuron"])
        assert is_close(got, [sigmoid(total)]), (
            "`neuron` is not the activation of the weighted sum plus the bias."
        )
    if "two_layers" in found:
        hidden = [sigmoid(one + other) for one, other in zip(times(x, w1), b1.data, strict=True)]
        layer = Array((1, 4), "float32", tuple(hidden))
        expected = sigmoid(times(layer, w2)[0] + b2.data[0])
        got = numbers(found["two_layers"])
        assert is_close(got, [expected]), (
            "`two_layers` is not activation(activation(x @ W1 + B1) @ W2 + B2) for other weights than the notebook's."
        )


def judge_results(student, submission, rng, notebook):
    """The course's notebook: results in no function of their own, of tensors that follow from a seed."""
    seed = rng.randrange(1000, 10_000)
    document = json.loads(submission.text(notebook.path))
    for cell in document["cells"]:
        cell["source"] = SEED.sub(f"manual_seed({seed})", "".join(cell["source"]))
    for place, source in ((0, PRINTED), (len(document["cells"]), RESULTS)):
        document["cells"].insert(
            place,
            {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None},
        )
    copy = f"{notebook.path.removesuffix('.ipynb')}_with_another_seed.ipynb"
    student.write(copy, json.dumps(document))
    nb = student.notebook(copy)
    neuron, layers, found = values([nb.grader_neuron(seed), nb.grader_layers(seed), nb.grader_results()])
    readable(is_list(neuron, 3, Array) and is_list(layers, 5, Array) and is_list(found, None, float))
    readable([item.shape for item in (*neuron, *layers)] == DRAWN)
    one, other, bias = neuron
    x, w1, w2, b1, b2 = layers
    expected = sigmoid(
        sum(left * right for left, right in zip(one.data, other.data, strict=True)) + bias.data[0]
    )
    assert any(abs(expected - value) < 1e-4 for value in found), (
        "No result of the notebook is the activation of `features` times `weights` plus `bias`."
    )
    hidden = [sigmoid(left + right) for left, right in zip(times(x, w1), b1.data, strict=True)]
    expected = sigmoid(times(Array((1, 2), "float32", tuple(hidden)), w2)[0] + b2.data[0])
    assert any(abs(expected - value) < 1e-4 for value in found), (
        "No result of the notebook is activation(activation(features @ W1 + B1) @ W2 + B2)."
    )


def numbers(value):
    """The numbers of an array, or the number itself."""
    if isinstance(value, Array):
        return list(value.data)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [value]
    raise StudentFault("value", "It gave no tensor and no number.")


@check(
    "The notebook's softmax gives a probability for every class of every row",
    points=2,
    scope="exercises",
    environment="required",
    hint="`torch.exp(x) / torch.sum(torch.exp(x), dim=1).view(-1, 1)`: the sum is that of each row.",
)
def test_softmax(submission, student, rng):
    notebook = notebook_with(submission, "softmax")
    assert notebook, "No notebook of yours defines a function `softmax` (2_Neural_Networks_in_PyTorch.ipynb)."
    evidence(notebook.path)
    rows, columns = rng.randrange(5, 9), 10
    x = random_array(rng, (rows, columns), kind="torch")
    found = namespace(student, notebook, "softmax").softmax(x).value(Array)
    assert found.shape == x.shape, f"softmax of an array of shape {x.shape} has shape {found.shape}."
    for row in range(rows):
        powers = [math.exp(value) for value in x.row(row)]
        got = found.row(row)
        assert abs(sum(got) - 1) < 1e-3, "The rows of softmax(x) do not sum to 1: sum over `dim=1`."
        assert is_close(got, [power / sum(powers) for power in powers]), (
            "The rows of softmax(x) sum to 1, but its values are not exp(x) over the row's sum of exp(x)."
        )


@check(
    "The notebook's Network maps 784 pixels to 10 classes through layers of 128 and 64",
    points=1,
    scope="exercises",
    environment="required",
    hint="`self.fc1 = nn.Linear(784, 128)`, `self.fc2 = nn.Linear(128, 64)`, `self.fc3 = nn.Linear(64, 10)`, and a `forward` "
    "that applies them in turn.",
)
def test_network(submission, student, rng):
    notebook = notebook_with(submission, "Network")
    assert notebook, "No notebook of yours defines a class `Network` (2_Neural_Networks_in_PyTorch.ipynb)."
    evidence(notebook.path)
    path = write_lifted(student, notebook, "Network", "softmax")
    rows = rng.randrange(2, 6)
    pixels = random_array(rng, (rows, 784), kind="torch")
    told = student.probe(_LAYERS, path=path, pixels=pixels)
    readable(is_list(told, 3, Array, list))
    found, layers, others = told
    readable(
        is_list(layers, 3, list) and is_list(others, 3, Array) and all(is_list(one, 2, int) for one in layers)
    )
    wanted = [[128, 784], [64, 128], [10, 64]]
    for number, (layer, expected) in enumerate(zip(layers, wanted, strict=True), start=1):
        assert layer == expected, (
            f"fc{number} maps {layer[1]} values to {layer[0]}, not {expected[1]} to {expected[0]}."
        )
    assert isinstance(found, Array), "Network()(x) gives no tensor."
    for number, other in enumerate(others, start=1):
        moved = max((abs(one - two) for one, two in zip(found.data, other.data, strict=False)), default=0)
        assert moved > 1e-7, (
            f"Network()(x) is the same with other weights of fc{number}: `forward` does not apply it."
        )
    assert found.shape == (rows, 10), (
        f"Network()(x) gives shape {list(found.shape)} for {rows} images, not [{rows}, 10]."
    )
