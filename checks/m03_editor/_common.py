"""M3: which of the students' files says hello, has the network, and was a notebook."""

import ast
import re

from ..common.python import own

_NAMED = re.compile(r"copilot|(?:^|[/_])m_?0?3(?:[/_.]|$)|editor", re.IGNORECASE)
_HELLO = re.compile(r"h[ae]llo", re.IGNORECASE)
_TRAINS = ("backward", "zero_grad", "DataLoader", "fit")
_FRAMEWORKS = ("torch", "lightning", "pytorch_lightning", "tensorflow", "keras")
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
#: Nobody waits longer for one of these scripts; importing torch takes most of it.
CPU_S, WALL_S = 60, 60.0
MOST = 4


def own_code(submission):
    """The students' Python: no file as the course hands it out, and none that it calls a solution."""
    return own(submission, submission.python_files())


def starts(file):
    """Whether a file does more than define when it is run."""
    for node in file.tree.body:
        calls = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        if calls or isinstance(node, (ast.For, ast.While, ast.With, ast.Try)):
            return True
        if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
            return True
    return False


def _trains(file):
    return any(call.name.rpartition(".")[2] in _TRAINS for call in file.calls())


def _makes_layers(file):
    """Whether a file makes layers of a network; one that says what a layer is makes none."""
    return any(call.name.rpartition(".")[2].endswith("Linear") for call in file.calls())


def network_scripts(submission):
    """The paths of scripts that run a network and train none, best first.

    A network of torch is M4's subject, too, so its script says by its name or folder that it is of this module.
    """
    own = own_code(submission)
    layers = [file for file in own if _makes_layers(file)]
    training = {file.path.rpartition("/")[0] for file in own if _trains(file)}
    stems = {file.name for file in layers}
    found = []
    for file in own:
        uses = _makes_layers(file) or stems & {part for name in file.imports for part in name.split(".")}
        if not uses or not starts(file) or _trains(file):
            continue
        named = bool(_NAMED.search(file.path))
        others = any(one.imports_module(*_FRAMEWORKS) for one in (file, *layers))
        if named or (not others and file.path.rpartition("/")[0] not in training):
            found.append((not named, file.path.count("/"), file.path))
    return [path for *_, path in sorted(found)]


def hello_scripts(submission):
    """Scripts that print and have no part in the other steps, the likely ones first."""
    taken = {*network_scripts(submission), *table_scripts(submission)}
    found = [file for file in own_code(submission) if file.path not in taken and file.calls("print")]
    return sorted(
        found,
        key=lambda file: (not _HELLO.search(file.name), file.path.count("/"), len(file.text), file.path),
    )


def is_hello(file):
    return bool(_HELLO.search(file.name)) and bool(file.calls("print"))


def table_scripts(submission):
    """The paths of scripts that may have been a notebook: those with the name of one, then those that read a table."""
    notebooks = {_plain(book.path.rpartition("/")[2][:-6]) for book in submission.notebooks()}
    networks = set(network_scripts(submission))
    found = []
    for file in own_code(submission):
        named = _plain(file.name) in notebooks
        if file.path in networks or not (named or (".csv" in file.text and starts(file))):
            continue
        found.append((not named, not starts(file), file.path.count("/"), file.path))
    return [path for *_, path in sorted(found)][:MOST]


def ported_notebooks(submission):
    """The paths of scripts with the name of a notebook that reads a table."""
    reading = {
        _plain(book.path.rpartition("/")[2][:-6]) for book in submission.notebooks() if ".csv" in book.code
    }
    files = {file.path: file for file in own_code(submission)}
    return [path for path in table_scripts(submission) if _plain(files[path].name) in reading]


def _plain(name):
    """A name as nbconvert, a person or a package may spell it."""
    return re.sub(r"[\W_]", "", name).lower()


def numbers_in(text):
    """The numbers of a text, in order."""
    return [float(one) for one in _NUMBER.findall(text)][:5000]
