"""Mutants: a function of the students' code with one place changed, so that tests which look at what it gives have to fail.

A mutant and its *control*, the same code unbroken, are one text but for a word of no meaning: the place has both forms, and the
digest of the word decides which is taken. Who does not run the code cannot tell them apart, by whatever they read or count.

So may the numbers in a file of a model be changed (`changed_numbers`): what reads the model has to come to something else.
"""

import ast
import bz2
import copy
import gzip
import hashlib
import io
import lzma
import math
import pickletools
import re
import secrets
import struct
import zipfile
import zlib

# Another value of the same type, so that a test has to look at it: what crashes on None would notice nothing else.
OTHER = """
def _other(value):
    if isinstance(value, (bool, int, float)):
        return not value if isinstance(value, bool) else value + 1
    if type(value) is tuple and value:
        return (_other(value[0]), *value[1:])
    if isinstance(value, (str, list)):
        return value[:-1] or value * 2 or type(value)("x")
    if isinstance(value, dict) and value:
        return dict(list(value.items())[:-1])
    if hasattr(value, "iloc"):
        return value.iloc[:-1]
    if hasattr(value, "shape"):
        return value[..., :-1] if len(value.shape) and value.shape[-1] > 1 else value + 1
    return None
"""
_HEAD = f"""{OTHER}

_digest = int(__import__("hashlib").sha256(b"@WORD@").hexdigest(), 16)
"""
_FLIPPED = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip
_SPECIAL = ("__init__", "__call__", "__len__", "__getitem__")
#: Decorators of functions whose body never runs, or not as it stands.
_NO_BODY = re.compile(r"\bjit\b|overload|abstract")


def is_text(node):
    """Whether a statement is a docstring, or another value that nobody uses."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def functions(tree):
    """Functions that do something and that a mutant may be made of."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (not node.name.startswith("__") or node.name in _SPECIAL)
        and not any(_NO_BODY.search(ast.unparse(mark)) for mark in node.decorator_list)
        and not all(isinstance(item, ast.Pass) or is_text(item) for item in node.body)
    ]


def code(function):
    """The statements of a function behind its docstring."""
    body = function.body
    return body[1:] if is_text(body[0]) and isinstance(body[0].value.value, str) else body


def sites(function):
    """Places that can be broken: `(number in the walk, attribute, new value)`; constants where nothing else is."""
    silent = {
        id(child)
        for node in ast.walk(function)
        if isinstance(node, ast.Raise | ast.Assert | ast.arguments | ast.pattern)
        or node is function.returns
        or (
            isinstance(node, ast.Call)
            and re.search(r"\b(?:print|log\w*|warn\w*|echo)\b", ast.unparse(node.func))
        )
        or is_text(node)
        for child in ast.walk(node)
    }
    first, last = [], []
    for number, node in enumerate(ast.walk(function)):
        match node:
            case _ if id(node) in silent:
                continue
            case ast.Return(value=ast.Constant(value=bool())):
                first.append((number, "value", ast.Constant(not node.value.value)))
            case ast.Return(value=ast.AST()) if not isinstance(node.value, ast.Constant):
                first.append((number, "value", ast.Call(ast.Name("_other"), [node.value], [])))
            case ast.Compare(ops=[op]) if type(op) in _FLIPPED:
                first.append((number, "ops", [_FLIPPED[type(op)]()]))
            case ast.BinOp() if type(node.op) in _FLIPPED and not isinstance(
                node.left, ast.Constant | ast.JoinedStr | ast.List | ast.Tuple | ast.ListComp
            ):
                first.append((number, "op", _FLIPPED[type(node.op)]()))
            case ast.Constant() if type(node.value) in (int, float):
                last.append((number, "value", node.value + 1))
    return first or last


def anew(tree):
    """The text of a module written anew: the same code, but not the same tree, so that comparing it tells nothing."""
    written = copy.deepcopy(tree)
    for function in functions(written):
        function.body.insert(len(function.body) - len(code(function)), ast.Pass())
    return f"{ast.unparse(ast.fix_missing_locations(written))}\n"


def in_two_forms(tree, function, site, *, broken):
    """A module, written anew, with one place in two forms, of which it takes the `broken` one or that of the students."""
    written, place = _copied(tree, function, site[0])
    _, name, new = site
    mark = secrets.token_hex(4)
    chosen = ast.parse("_digest % 2", mode="eval").body
    if isinstance(place, ast.expr):
        other = copy.deepcopy(place)
        setattr(other, name, new)
        written = _Replaced(place, ast.IfExp(chosen, other, place)).visit(written)
    elif isinstance(place, ast.Raise):
        written = _Replaced(place, ast.If(chosen, [ast.Pass()], [place])).visit(written)
    elif name == "orelse":
        place.orelse = [ast.If(chosen, new, place.orelse)]
    else:
        setattr(place, name, ast.IfExp(chosen, new, getattr(place, name)))
    text = anew(written)
    at = 0
    # What is made on import may run the function: its head stands before everything that Python lets it.
    for node in ast.parse(text).body:
        if not (is_text(node) or (isinstance(node, ast.ImportFrom) and node.module == "__future__")):
            break
        at = node.end_lineno or node.lineno
    lines = text.split("\n")
    text = "\n".join([*lines[:at], _HEAD.replace("@WORD@", _word(broken)), *lines[at:]])
    return re.sub(r"\b(_other|_digest)\b", lambda name: f"{name[0]}_{mark}", text)


def _word(broken):
    """A word of no meaning whose digest says whether the code is broken."""
    while True:
        word = secrets.token_hex(8)
        if int(hashlib.sha256(word.encode()).hexdigest(), 16) % 2 == broken:
            return word


class _Replaced(ast.NodeTransformer):
    """Puts another expression in the place of one."""

    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        return self.new if node is self.old else self.generic_visit(node)


def _copied(tree, function, number):
    """A copy of a module, and of the node with this number in the walk of a function of it."""
    position = next(at for at, node in enumerate(ast.walk(tree)) if node is function)
    written = copy.deepcopy(tree)
    return written, list(ast.walk(list(ast.walk(written))[position]))[number]


def told_of(tree, function, site):
    """The line of a place, and the words for what became of it."""
    number, name, new = site
    _, changed = _copied(tree, function, number)
    line, was = changed.lineno, _shown(changed)
    if isinstance(changed, ast.Raise):
        return line, f"`{was}` was left out"
    setattr(changed, name, new)
    became = _shown(ast.fix_missing_locations(changed))
    return line, f"`{was}` gave another value" if "_other(" in became else f"`{was}` became `{became}`"


def _shown(node):
    return " ".join(ast.unparse(node).split())[:80]


def refusals(function):
    """Places where a function refuses its input, broken so that it takes it: `(site, line of what refuses)`."""
    found = []
    ends = [
        body for node in ast.walk(function) if isinstance(node, ast.If) for body in (node.body, node.orelse)
    ]
    branches = {id(body[-1]) for body in ends if _refuses(body)}
    for number, node in enumerate(ast.walk(function)):
        match node:
            case ast.If() if _refuses(node.body):
                found.append(((number, "test", ast.Constant(False)), node.body[-1].lineno))
            case ast.If() if _refuses(node.orelse):
                found.append(((number, "orelse", [ast.Pass()]), node.orelse[-1].lineno))
            case ast.Assert():
                found.append(((number, "test", ast.Constant(True)), node.lineno))
            case ast.Raise(exc=ast.AST()) if id(node) not in branches:
                found.append(((number, "exc", None), node.lineno))
    return found


def _refuses(body):
    """Whether a branch ends in an error or warns; an `elif` is a branch of its own."""
    if not body or isinstance(body[0], ast.If):
        return False
    warns = [one for one in body if isinstance(one, ast.Expr) and re.search(r"\bwarn\(", ast.unparse(one))]
    return isinstance(body[-1], ast.Raise) or bool(warns)


# The numbers in a file of a model.

_NUMBER = re.compile(rb"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])")
_PACKED = (
    (b"\x1f\x8b", gzip.decompress, gzip.compress),
    (b"BZh", bz2.decompress, bz2.compress),
    (b"\xfd7zXZ", lzma.decompress, lzma.compress),
    (b"\x78", zlib.decompress, zlib.compress),
)
#: So many numbers are little for what was trained.
FEWEST = 4
_MOST_NUMBERS = 100_000


def changed_numbers(data, change):
    """A file with its numbers changed, and how many there were: text, pickles, arrays, and archives of these.

    `change(number)` returns another one; whole numbers stay whole.
    """
    if data.startswith(b"PK\x03\x04"):
        return _in_archive(data, change)
    for head, unpack, pack in _PACKED:
        if data.startswith(head):
            try:
                inside, count = changed_numbers(unpack(data), change)
            except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
                break
            return pack(inside), count
    if b"\0" not in data and _is_text(data):
        return _in_text(data, change)
    return _in_bytes(data, change)


def _is_text(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _in_archive(data, change):
    written, count = io.BytesIO(), 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w") as new:
            for entry in old.infolist()[:200]:
                with old.open(entry) as file:
                    inside, found = changed_numbers(file.read(4_000_000), change)
                new.writestr(entry, inside)
                count += found
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib.error):
        return data, 0
    return written.getvalue(), count


def _in_text(data, change):
    def other(found):
        text = found.group()
        whole = re.fullmatch(rb"-?\d+", text)
        return (str(_whole(text, change)) if whole else repr(change(float(text)))).encode()

    count = len(_NUMBER.findall(data))
    return _NUMBER.sub(other, data), count


def _whole(text, change):
    number = int(text[:15])
    return max(0, round(change(number))) if number >= 0 else round(change(number))


def _in_bytes(data, change):
    """Numbers of Python in a pickle, numbers of eight bytes that stand in a row, or else of four."""
    places = [(at, ">d") for at in _pickled(data)]
    taken = {at + byte for at, _ in places for byte in range(8)}
    places += [(at, "<d") for at in _rows(data, "d", 8, taken)]
    places = places or [(at, "<f") for at in _rows(data, "f", 4, taken)]
    made = bytearray(data)
    for at, code in places:
        number = change(struct.unpack_from(code, data, at)[0])
        struct.pack_into(code, made, at, max(-1e30, min(1e30, number)))
    return bytes(made), len(places)


def _pickled(data):
    """Where the numbers of a pickle stand, as far as it is one."""
    found = []
    try:
        for opcode, _, place in pickletools.genops(data) if data[:1] == b"\x80" else ():
            if opcode.name == "BINFLOAT" and place is not None:
                found.append(place + 1)
    except (ValueError, IndexError, UnicodeDecodeError, OverflowError, struct.error):
        pass
    return found[:_MOST_NUMBERS]


def _rows(data, code, step, taken):
    """Where numbers of everyday size stand in a row; of two rows in one place the longer one."""
    rows = []
    for begin in range(min(step, len(data))):
        numbers = struct.unpack_from(f"<{(len(data) - begin) // step}{code}", data, begin)
        row = []
        for at, number in enumerate([*numbers, math.nan]):
            if number == 0 or 1e-5 < abs(number) < 1e6:
                row.append((begin + at * step, number))
                continue
            if len({one for _, one in row if one}) >= FEWEST - 1:
                rows.append(row)
            row = []
    found = []
    for row in sorted(rows, key=len, reverse=True):
        bytes_of = {place + byte for place, _ in row for byte in range(step)}
        if not taken & bytes_of:
            taken |= bytes_of
            found += [place for place, number in row if number]
    return sorted(found)[:_MOST_NUMBERS]
