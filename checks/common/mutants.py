"""Mutants: a function of the students' code with one place changed, so that tests which look at what it gives have to fail.

A mutant and its *control*, the same code unbroken, are one text but for a word of no meaning: the place has both forms, and the
digest of the word decides which is taken. Who does not run the code cannot tell them apart, by whatever they read or count.
"""

import ast
import copy
import hashlib
import re
import secrets

# Another value of the same type, so that a test has to look at it: what crashes on None would notice nothing else.
_HEAD = """
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
