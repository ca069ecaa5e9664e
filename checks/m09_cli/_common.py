"""M9: which code is the students' own, how its programs are started, and what its tasks are and run in."""

import ast
import re

from grader.suite import evidence

from ..common.python import own

#: What the program that says hello may be called.
GREETINGS = ("greetings", "greeting", "greet", "hello")
TASK_FILES = ("Makefile", "makefile", "justfile", "Justfile", "Taskfile.yml", "Taskfile.yaml", "noxfile.py")
LIBRARIES = (
    "typer",
    "click",
    "argparse",
    "fire",
    "hydra",
    "tyro",
    "jsonargparse",
    "absl",
    "lightning.pytorch.cli",
)
#: A console script as the command that an installation makes of it.
START = "import importlib, sys; sys.argv[0] = {name!r}; sys.exit(getattr(importlib.import_module({module!r}), {attribute!r})())"
#: What makes help plain and wide, whatever shows it.
_PLAIN = {"COLUMNS": "200", "TERMINAL_WIDTH": "200", "NO_COLOR": "1", "TERM": "dumb", "PAGER": "cat"}
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
#: Options that no program of the exercise has.
NEVER = ("velocity", "quarantine", "jigsaw", "zebra")
#: Nobody waits longer for one command.
WALL_S = 50.0
_OUTPUT = ("output", "output_file", "model_path", "path", "out", "save_path", "model_file")
_NO_OPTION = ("--help", "--version", "--install-completion", "--show-completion", "-h")


def own_code(submission):
    """The students' Python, without what the course hands out."""
    files = own(submission, submission.python_files())
    return [file for file in files if file.path != "reports/report.py"]


def scripts(submission):
    """`{command: "module:attribute"}` of pyproject.toml, in the standard's table or Poetry's."""
    project = submission.pyproject.get("project", {})
    poetry = submission.pyproject.get("tool", {}).get("poetry", {})
    for table in (project, poetry):
        found = table.get("scripts") if isinstance(table, dict) else None
        if isinstance(found, dict) and found:
            return {str(name): target for name, target in found.items() if isinstance(target, str)}
    return {}


def script_words(name, target):
    """The command that a console script is where nothing is installed."""
    module, _, attribute = target.partition(":")
    return ("python", "-c", START.format(name=name, module=module.strip(), attribute=attribute.strip()))


# A program, as a person sees it.


class Program:
    """A command line: the words that start it, and the words that its authors gave to things."""

    def __init__(self, student, start, names=frozenset(), path=""):
        self._student, self.start, self._names, self.path = student, tuple(start), names, path

    def __str__(self):
        return self.path or "the program"

    def run(self, *words, cwd=".", changes=False):
        """Run it with further words."""
        return self._student.run([*self.start, *words], env=_PLAIN, timeout=WALL_S, cwd=cwd, changes=changes)

    def help(self, *words):
        """What it says of one of its commands; empty where it refuses."""
        done = self.run(*words, "--help")
        return "" if done.returncode else _COLOUR.sub("", done.output)

    def commands(self, *words):
        """The commands below one, each with what it says of itself."""
        above = self.help(*words)
        begins = re.findall(r"^[\s│|+]*([A-Za-z][\w-]*)", above, re.MULTILINE)
        listed = [name for group in re.findall(r"\{([\w,-]+)\}", above) for name in group.split(",")]
        named = [name for name in dict.fromkeys([*listed, *begins]) if not name.isupper()]
        named = [name for name in named if _plain(name) in self._names]
        tried = {name: self.help(*words, name) for name in named[:8] if name not in (*words, "help")}
        return {name: said for name, said in tried.items() if said and said != above}


def _plain(name):
    return name.replace("-", "_").casefold()


def options(said):
    """The options that a help lists, long and short, by their order."""
    found = re.findall(r"(?<![\w-])(--[a-z][\w-]*|-[a-zA-Z])(?![\w-])", said, re.IGNORECASE)
    return [one for one in dict.fromkeys(found) if one not in _NO_OPTION and not one.startswith("--no-")]


def output_option(said):
    """The option for the file that a command writes; None if there is none."""
    long = [one for one in options(said) if one.startswith("--")]
    exact = [one for one in long if _plain(one[2:]) in _OUTPUT]
    near = [one for one in long if re.search(r"out|save|dest|file|path", one)]
    return next(iter([*exact, *near]), None)


#: What files of models end in.
MODELS = ("json", "pkl", "pickle", "joblib", "npy", "npz", "pt", "pth", "ckpt", "bin", "safetensors")


def suffix(said, files):
    """The ending that models have by default, as the help has it or the code."""
    found = re.search(r"default\W{1,3}[\w./\\-]*?(\.[a-z]\w{1,9})\b", said, re.IGNORECASE)
    for text in [file.text for file in files] if not found else ():
        found = found or re.search(
            r"[\"'][\w./-]+(\.(?:json|pkl|pickle|joblib|np[yz]|pth?|ckpt|bin))[\"']", text
        )
    return found.group(1) if found else ".bin"


def own_options(said):
    """The long options of a command, but that for its file; short ones that have no long one beside them."""
    output = output_option(said)
    lines = [options(line) for line in said.splitlines()]
    first = [next((one for one in found if one.startswith("--")), found[0]) for found in lines if found]
    return [one for one in dict.fromkeys(first) if one != output]


def names_in(files):
    """What the authors of files called things: functions, and texts of one word; as Python would spell them."""
    words = {function.name for file in files for function in file.functions}
    words |= {text for file in files for text in re.findall(r"[\"']([A-Za-z][\w-]{0,40})[\"']", file.text)}
    return frozenset(map(_plain, words))


def refuses(done):
    """Whether a command refused what it was told: it says so itself, and breaks nowhere."""
    return done.returncode != 0 and "Traceback (most recent call last)" not in done.output


def accuracy(said):
    """The number beside the word accuracy, and the largest that it could be: 1 or 100; None where there is none."""
    figure = re.search(r"acc\w*[^\d\n]{0,40}?(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%?)", said, re.IGNORECASE)
    if not figure:
        return None
    number = float(figure.group(1))
    return number, 100.0 if figure.group(2) or number > 1 else 1.0


# What tasks.py says.


def task_file(submission):
    """The file that defines invoke tasks, the root's first; None where there is none."""
    paths = sorted(submission.files("**/tasks.py"), key=lambda path: (path.count("/"), path))
    for path in paths:
        if not submission.is_template(path) and tasks_of(submission.python(path)):
            return submission.python(path)
    return None


def tasks_of(file):
    return {
        function.name: function
        for function in file.functions
        for decorator in function.decorators
        if decorator.name in ("invoke.task", "invoke.tasks.task", "task")
    }


def commands_of(file, name, seen=()):
    """What a task runs, as texts in order: the tasks before it, its own `ctx.run`, and tasks that it calls."""
    tasks = tasks_of(file)
    if name not in tasks or name in seen:
        return []
    function, found = tasks[name], []
    for decorator in function.decorators:
        if decorator.call:
            before = [*decorator.call.args, decorator.call.keywords.get("pre")]
            names = [node.id for one in before if one for node in ast.walk(one) if isinstance(node, ast.Name)]
            found += [text for other in names for text in commands_of(file, other, (*seen, name))]
    calls = sorted(file.calls(within=function.node), key=lambda call: (call.line, call.node.col_offset))
    for call in calls:
        if call.name.endswith((".run", ".sudo")) and call.args:
            found.append(text_of(call.args[0], function.node))
        elif call.name in tasks:
            found += commands_of(file, call.name, (*seen, name))
    return found


def text_of(node, around):
    """A command as text; what an f-string puts in stands in braces, and names assigned in the task are looked up."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = [text_of(part, around) if isinstance(part, ast.Constant) else "{…}" for part in node.values]
        return "".join(parts)
    if isinstance(node, ast.IfExp):
        return text_of(node.body, around)
    if isinstance(node, ast.BinOp):
        return text_of(node.left, around) + text_of(node.right, around)
    if isinstance(node, ast.Name):
        for other in ast.walk(around):
            if isinstance(other, ast.Assign) and node.id in map(ast.unparse, other.targets):
                return "{…}" if isinstance(other.value, ast.Name) else text_of(other.value, around)
    return "{…}"


def in_order(commands, *wanted):
    """Whether commands that contain the wanted texts come one after the other; `&&` joins commands of one line."""
    singles = [single.strip() for command in commands for single in re.split(r"&&|;|\n", command)]
    place = 0
    for pattern in wanted:
        while place < len(singles) and not re.search(pattern, singles[place]):
            place += 1
        if place == len(singles):
            return pattern
        place += 1
    return None


def file_evidence(file, function):
    evidence(file.path, function.line, f"def {function.name}")


# What stands around a task that is tried: a repository with a remote, and programs that note what they are told.

STAND_IN = r"""
import os, pathlib, sys

name, *words = sys.argv[1:]
here = pathlib.Path(__file__).parent
with open(here / "noted", "a", encoding="utf-8") as file:
    file.write(repr([name, *words]) + "\n")
if name == "dvc" and words[:1] == ["add"]:
    for folder in [word for word in words[1:] if os.path.isdir(word)]:
        folder = folder.rstrip("/" + os.sep)
        pathlib.Path(folder + ".dvc").write_text((here / "mark").read_text(encoding="utf-8"), encoding="utf-8")
        with open(pathlib.Path(folder).parent / ".gitignore", "a", encoding="utf-8") as ignored:
            ignored.write("/" + pathlib.Path(folder).name + "\n")
"""
SET_UP = r"""
import os, shlex, subprocess, sys

away = os.path.abspath(tools)
os.makedirs(away, exist_ok=True)
for path, text in {"stand_in.py": stand_in, "mark": mark}.items():
    with open(os.path.join(away, path), "w", encoding="utf-8", newline="") as file:
        file.write(text)
for name, rest in commands.items():
    notes = [sys.executable, os.path.join(away, "stand_in.py"), name]
    real = [sys.executable, *rest] if rest is not None else None
    with open(os.path.join(away, name), "w", newline="") as file:
        file.write("#!/bin/sh\n" + shlex.join(notes) + ' "$@"\n')
        file.write("exec " + shlex.join(real) + ' "$@"\n' if real else "")
    os.chmod(os.path.join(away, name), 0o755)
    with open(os.path.join(away, name + ".cmd"), "w") as file:
        file.write("@" + subprocess.list2cmdline(notes) + " %*\n")
        file.write("@" + subprocess.list2cmdline(real) + " %*\n" if real else "")

def git(*words):
    subprocess.run(["git", *words], cwd=top, check=True, capture_output=True)

def write(texts):
    for path, text in texts.items():
        os.makedirs(os.path.dirname(os.path.join(top, path)), exist_ok=True)
        with open(os.path.join(top, path), "w", newline="") as file:
            file.write(text)

if branch:
    write(dict.fromkeys(notes_of_the_day, "before\n"))
    remote = os.path.join(away, "remote.git")
    git("init", "--quiet", "--bare", "--initial-branch", branch, remote)
    git("init", "--quiet", "--initial-branch", branch)
    for key, value in {"user.name": "A Student", "user.email": "student@example.org", "core.autocrlf": "false"}.items():
        git("config", key, value)
    with open(os.path.join(top, ".git", "info", "exclude"), "a") as file:
        file.write("/" + tools + "\n")
    git("remote", "add", "origin", remote)
    git("add", "--force", *notes_of_the_day)
    git("commit", "--quiet", "--message", "before")
    git("push", "--quiet", "--set-upstream", "origin", branch)
    write({**notes_of_the_day, folder + "/rows.csv": mark})
result = [away, sys.executable, os.environ["PATH"]]
"""
PUSHED = r"""
import os, subprocess

def said(*words):
    git = ["git", "--git-dir", os.path.join(away, "remote.git"), *words]
    done = subprocess.run(git, capture_output=True, encoding="utf-8", errors="replace")
    return done.stdout if done.returncode == 0 else ""

noted = os.path.join(away, "noted")
result = {
    "message": said("log", "-1", "--format=%B", branch),
    "files": {path: said("show", branch + ":" + path) for path in paths},
    "noted": open(noted, encoding="utf-8").read()[:20_000] if os.path.exists(noted) else "",
}
"""
