"""M1: which scripts there are, by what is in them: the module names no file."""

import ast
import os
import re

from grader.suite import shared

_SHEBANG = re.compile(r"#![^\n]{0,100}\b(?:ba|z|da|k)?sh\b")
_CALLED = re.compile(r"[\w./-]{1,100}\.py\b")
#: Names of variables, and where code reads them.
_UPPER = re.compile(r"[A-Z][A-Z0-9_]{1,40}")
_NAME = re.compile(r"[A-Za-z_]\w{1,40}")
_READS = ("environ", "getenv", "dotenv", "load_dotenv", "dotenv_values")
_COURSE = ("MY_VAR", "MY_OTHER_VAR")
#: Nobody waits longer for a script that prints.
WALL_S = 20.0
MOST = 8


def own_scripts(submission):
    """The students' Python, the likely ones first: few folders, short files."""
    found = [
        file
        for file in submission.python_files()
        if not submission.is_template(file.path) and file.calls("print")
    ]
    return sorted(found, key=lambda file: (file.path.count("/"), len(file.text)))


def shell_scripts(submission):
    """`{path: text}` of the students' shell scripts."""
    named = submission.files("**/*.sh", "**/*.bash")
    # Without an ending it may be anything, data too: a script has two letters that say so.
    bare = [path for path in submission.files("**/*") if "." not in path.rpartition("/")[2]][:40]
    scripts = [path for path in bare if submission.bytes(path)[:2] == b"#!"]
    found = {path: submission.text(path) for path in [*named, *scripts] if not submission.is_template(path)}
    return {path: text for path, text in found.items() if path in named or _SHEBANG.match(text)}


def has_shebang(text):
    return bool(_SHEBANG.match(text))


def variables(submission, file):
    """The names of variables that a script may print, those of its `.env` files included; the course's first."""
    constants = [
        node for node in ast.walk(file.tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    found = [node.value for node in constants if _UPPER.fullmatch(node.value)]
    for node in ast.walk(file.tree):
        if isinstance(node, (ast.Call, ast.Subscript)):
            of = ast.unparse(node.func if isinstance(node, ast.Call) else node.value)
            inside = [*ast.iter_child_nodes(node)]
            if any(word in of for word in _READS):
                found += [
                    one.value
                    for one in inside
                    if isinstance(one, ast.Constant) and _NAME.fullmatch(str(one.value))
                ]
    found = [name for name in dict.fromkeys(map(str, found)) if name not in os.environ]
    return found[:20] or list(_COURSE)


def reads_environment(file):
    return any(word in file.text for word in _READS)


def called(submission, path, text):
    """The students' Python files that a shell script may call: those that it names, else all."""
    names = {one.rpartition("/")[2] for one in _CALLED.findall(text)}
    own = [file.path for file in submission.python_files()]
    return [one for one in own if one.rpartition("/")[2] in names] or own


@shared
def printed(student, submission):
    """`{path: output}` of the scripts that run well and print something."""
    found, problem = {}, ""
    for file in [one for one in own_scripts(submission) if not reads_environment(one)][:MOST]:
        done = student.run(["python", file.path], timeout=WALL_S)
        if done.returncode == 0 and done.stdout.strip():
            found[file.path] = done.stdout.strip()[:2000]
        else:
            problem = (
                problem
                or f"`python {file.path}` ends with {done.returncode} and prints {done.output.strip()[-200:]!r}."
            )
    return {"found": found, "problem": problem}
