"""M9: which code is the students' own, how its programs are started, and what their model files hold."""

import bz2
import gzip
import io
import lzma
import math
import pickletools
import re
import struct
import zipfile
import zlib

from ..common.python import SOLUTION

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
    return [
        file
        for file in submission.python_files()
        if not submission.is_template(file.path)
        and not SOLUTION.search(file.path)
        and file.path != "reports/report.py"
    ]


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

    def run(self, *words, cwd="."):
        """Run it with further words."""
        return self._student.run([*self.start, *words], env=_PLAIN, timeout=WALL_S, cwd=cwd)

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
