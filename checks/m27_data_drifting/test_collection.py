"""M27: what the API is sent and what it answers, kept for later."""

# Tables of names read best as words.
# ruff: noqa: SIM905

import ast
import re

from grader.suite import check, measure, not_applicable, partial

from ..common.messages import show

#: Calls that keep data in a place of their own: buckets, tables, queues, documents.
_STORES = tuple(
    (
        "upload_from_string upload_from_filename upload_from_file insert_rows_json insert_rows to_gbq to_sql "
        "load_table_from_dataframe load_table_from_json insert_one insert_many publish put_object put_item "
        "upload_fileobj upload_file log_struct executemany xadd lpush rpush commit append_row"
    ).split()
)
#: Calls that write records to a file.
_RECORDS = tuple(
    "to_csv to_parquet to_json json.dump writerow writerows DictWriter jsonlines.open write_text".split()
)
_TRACKERS = (
    "wandb.log",
    "wandb.Table",
    "mlflow.log_table",
    "mlflow.log_dict",
    "mlflow.log_metric",
    "mlflow.log_params",
)
_MONITORS = ("bentoml.monitor", "whylogs.log", "evidently.ui")
_ABOUT = re.compile(
    r"pred|label|output|result|response|inference|feedback|sentiment|score|class|request|payload|answer|caption|translation",
    re.IGNORECASE,
)
#: Functions that handlers may reach, and that write for other reasons.
_OTHERWISE = re.compile(
    r"(?:^|_)(?:train|fit|preprocess|download|load|report|export|plot|evaluat|valid|test|epoch|checkpoint|config)|_step$"
)
_ANSWERS = re.compile(
    r"pred|label|prob|confidence|result|output|class|score|response|answer|sentiment", re.IGNORECASE
)
_UNIQUE = re.compile(r"uuid|time|now\(|date|token_hex|random", re.IGNORECASE)
_PASSING = tuple(
    (
        "os.remove os.unlink unlink rmtree NamedTemporaryFile TemporaryDirectory mkstemp mkdtemp "
        "StreamingResponse FileResponse"
    ).split()
)
_LEVELS = ("debug", "info", "warning", "success", "log", "critical")
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def _starts(submission):
    """What runs for each request: handlers, middleware, callbacks."""
    found = [(route.home, route.handler) for route in submission.routes() if route.handler is not None]
    for file in {route.file.path: route.file for route in submission.routes()}.values():
        for function in file.functions:
            marks = [mark.name.rpartition(".")[2] for mark in function.decorators]
            if any(name in ("middleware", "after_request", "before_request") for name in marks):
                found.append((file, function.node))
    for file in submission.code():
        found += [
            (file, one.node)
            for one in file.classes
            if one.inherits("BaseHTTPMiddleware", "Callback", "APIRoute")
            and file.imports_module("starlette", "fastapi", "litserve")
        ]
    return found


def _functions(submission):
    """The functions that run for requests, each once: those that write for other reasons left out."""
    seen = {}
    for file, node in _starts(submission):
        for piece in submission.reach(file, node):
            if isinstance(piece.node, _FUNCTIONS) and (
                piece.node is node or not _OTHERWISE.search(piece.node.name.lower())
            ):
                seen.setdefault(id(piece.node), piece)
    return list(seen.values())


def _kept(submission, piece):
    """The calls in a function that keep requests or answers: of other files, what speaks of them."""
    text = ast.unparse(piece.node)[:20_000]
    if not _ABOUT.search(text) and all(route.home is not piece.file for route in submission.routes()):
        return []
    opened = {_mode(call) for call in piece.calls if _is(call, ("open", "open_file"))}
    found = [call for call in piece.calls if _is_stored(call)]
    appends = any(mode[:1] == "a" and "b" not in mode for mode in opened)
    # A file for the time of the request, or the answer itself, is no collection.
    if appends or not any(_is(call, _PASSING) for call in piece.calls):
        buffers = _buffers(piece)
        written = [call for call in piece.calls if _is_written(call, text, opened)]
        found += [call for call in written if not (call.args and ast.unparse(call.args[0]) in buffers)]
    return found


def _buffers(piece):
    """The names of files in memory."""
    return {
        ast.unparse(target)
        for node in ast.walk(piece.node)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and piece.file.dotted(node.value.func).rpartition(".")[2] in ("StringIO", "BytesIO")
        for target in node.targets
    }


def _is_stored(call):
    last = call.name.rpartition(".")[2]
    insert = last == "execute" and re.search(r"insert\s+into", ast.unparse(call.node)[:2_000], re.IGNORECASE)
    document = last in ("set", "add") and re.search(r"document|collection|firestore", call.name)
    return bool(insert or document or _is(call, (*_STORES, *_TRACKERS, *_MONITORS)))


def _is_written(call, text, opened):
    """Whether a call writes a record to a file; an upload's bytes count under a name of their own only, for else the next
    one overwrites them.
    """
    last = call.name.rpartition(".")[2]
    if _is(call, _RECORDS):
        return bool(call.node.args or call.keywords) or last not in ("to_json", "to_csv")
    if last in ("write", "writelines") and any(mode[:1] in ("a", "w") and "b" not in mode for mode in opened):
        return True
    in_bytes = last == "write_bytes" or any("b" in mode and mode[:1] in ("a", "w", "x") for mode in opened)
    return last in ("write", "write_bytes", "copyfileobj") and in_bytes and bool(_UNIQUE.search(text))


def _is(call, names):
    return any(call.name == name or call.name.endswith(f".{name}") for name in names)


def _mode(call):
    """The mode of an `open`: its second argument, or the first one of `path.open`."""
    on_path = (
        isinstance(call.node.func, ast.Attribute)
        and len(call.args) < 2
        and not call.name.startswith(("aiofiles", "anyio"))
    )
    value = call.argument("mode", 0 if on_path else 1)
    return value if isinstance(value, str) and len(value) <= 4 else "r"


def _logged(piece):
    """Calls of a logger that write an answer."""
    found = []
    for call in piece.calls:
        owner, _, last = call.name.rpartition(".")
        if last in _LEVELS and re.search(r"log", owner, re.IGNORECASE) and "wandb" not in owner:
            names = [node.id for item in call.args for node in ast.walk(item) if isinstance(node, ast.Name)]
            found += [call] if any(_ANSWERS.search(name) for name in names) else []
    return found


@check(
    "What the API is sent and answers is collected",
    points=1,
    questions=[26, 28],
    boxes=["w3-02"],
    required=False,
    hint="In the handler: `background_tasks.add_task(save, request, prediction)`, where `save` appends to a file, a table or a "
    "bucket. A file of the container is gone with the container.",
)
def test_inputs_and_outputs_are_collected(submission):
    functions = _functions(submission)
    kept = [(piece, call) for piece in functions for call in _kept(submission, piece)]
    show(piece.file.evidence(call) for piece, call in kept[:3])
    measure("n_collecting_calls", len(kept))
    if kept:
        return
    logged = [piece.file.evidence(call) for piece in functions for call in _logged(piece)]
    if logged:
        partial(0, "Answers are only written to a log: where it is kept cannot be seen.", logged[:3])
    assert functions, "There is no API whose inputs and outputs could be collected."
    raise AssertionError("No handler keeps what it was sent or what it answered.")


@check(
    "Keeping them does not hold the answer up",
    points=1,
    questions=[26],
    required=False,
    requires=("inputs_and_outputs_are_collected",),
    hint="Take a parameter `background_tasks: BackgroundTasks` and call `background_tasks.add_task(…)`.",
)
def test_collection_waits_for_the_answer(submission):
    pieces = [piece for piece in _functions(submission) if _kept(submission, piece)]
    if not pieces:
        not_applicable("Nothing is collected.")
    later = {
        "add_task",
        "submit",
        "create_task",
        "delay",
        "apply_async",
        "put_nowait",
        "start",
        "publish",
        "run_in_threadpool",
    }
    for file, node in _starts(submission):
        for piece in submission.reach(file, node):
            if any(call.name.rpartition(".")[2] in later for call in piece.calls):
                return
    raise AssertionError(
        ["It is kept before the answer is sent.", *(piece.file.evidence(piece.node) for piece in pieces[:2])]
    )
