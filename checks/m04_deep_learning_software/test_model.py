"""M4: model.py, called with batches of images."""

from grader.suite import Array, StudentFault, check, random_array, values

from ._common import CLASSES, LAYOUTS, SIDE, model_class


def answers(submission, student, count, inputs, ask):
    """What `ask(model, x)` gives for the first of the course's image layouts that the model takes."""
    file, cls = model_class(submission)
    model = student.load(file.path).get(cls.name)().eval()
    problem = None
    for layout in LAYOUTS:
        try:
            return values([step for batch in inputs(layout) for step in ask(model, batch)])
        except StudentFault as fault:
            if fault.kind != "exception":
                raise
            problem = problem or fault
            if not fault.raised.endswith("Error") or fault.raised in (
                "ModuleNotFoundError",
                "ImportError",
                "SyntaxError",
            ):
                break
    raise problem


@check(
    "The model gives ten scores for each image, for any size of the batch",
    points=3,
    scope="exercises",
    environment="required",
    hint="`forward` takes a tensor of shape [batch, 1, 28, 28] and returns one of shape [batch, 10]: flatten with "
    "`x.view(x.size(0), -1)`, which keeps the batch.",
)
def test_model_shapes(submission, student, rng):
    batches = (1, 7, 64)
    base = random_array(rng, (SIDE * SIDE,), kind="torch")

    def inputs(layout):
        torch = student.load(module="torch")
        one = torch.as_tensor(base).reshape(list(layout))
        return [torch.stack(student.load(module="builtins").list([one] * batch)) for batch in batches]

    found = answers(submission, student, len(batches), inputs, lambda model, batch: [model(batch)])
    for batch, scores in zip(batches, found, strict=True):
        assert isinstance(scores, Array), f"The model gives no tensor for a batch of {batch}."
        assert scores.shape == (batch, CLASSES), (
            f"For a batch of {batch} the model gives shape {list(scores.shape)}, not [{batch}, {CLASSES}]."
        )
    first = found[1].row(0)
    assert len(set(first)) > 1, "The model gives the same score for each of the ten classes."


@check(
    "The model in evaluation mode gives the same answer twice, and an image's scores depend on that image alone",
    points=1,
    scope="exercises",
    environment="required",
    requires=["model_shapes"],
    hint="Use `nn.Dropout` and `nn.BatchNorm2d` as layers made in `__init__`: `model.eval()` switches them. "
    "`F.dropout(x)` drops for ever.",
)
def test_model_is_deterministic(submission, student, rng):
    data = [random_array(rng, (SIDE * SIDE,), kind="torch") for _ in range(4)]

    def inputs(layout):
        torch, builtins = (student.load(module=name) for name in ("torch", "builtins"))
        rows = [torch.as_tensor(one).reshape(list(layout)) for one in data]
        batch = torch.stack(builtins.list(rows))
        return [batch, batch, torch.stack(builtins.list(rows[:2]))]

    first, second, half = answers(submission, student, 3, inputs, lambda model, batch: [model(batch)])
    assert first.data == second.data, (
        "In evaluation mode the model gives two different answers for the same images."
    )
    pairs = zip(half.data, first.data, strict=False)
    assert all(abs(one - other) < 1e-3 for one, other in pairs), (
        "In evaluation mode an image's scores change with the other images of the batch."
    )
