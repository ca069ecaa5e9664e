"""The program that runs the students' tests: all of them under coverage, or some of them on code that is broken in one place.

It is public and runs in the students' process: all that it writes is their own account. Under coverage the source stays as it
was submitted; which test runs is told to coverage as its *context*. Code is written anew for that, and each try is a fork of
a process that has imported third-party packages alone (a new process where there is no fork, or a package does not bear it).
Which of the variants are broken is not told to it: what it tells of them is judged by who knows (`trials.py`).
"""

import json

from .broken_places import OWN, PLACE, PLUGIN
from .time_limits import LIMIT

_PROGRAM = r'''
import os, sys

# A file of the students called `json.py` or `pytest.py` is not what runs their tests.
PATHS, HERE = list(sys.path), os.path.realpath(os.getcwd())
sys.path[:] = [one for one in PATHS if not (os.path.realpath(one) + os.sep).startswith(HERE + os.sep)]
import contextlib, glob, importlib, json, secrets, signal, subprocess, time, traceback

import coverage, pytest

sys.path[:] = PATHS

BEGAN = time.monotonic()
PLAN = json.loads(@PLAN@)
# Where the tests run may be a folder below; paths of the plan and of results are relative to the top.
TOP = os.getcwd()
if PLAN.get("folder"):
    os.chdir(PLAN["folder"])
    sys.path.insert(0, os.getcwd())
for NAME, VALUE in PLAN.get("variables", {}).items():
    VALUE = VALUE.replace("@root@", TOP)
    os.environ[NAME] = VALUE
    if NAME == "PYTHONPATH":
        sys.path[1:1] = [os.path.join(TOP, part) for part in VALUE.split(os.pathsep) if part]
# Two texts of one size in one second would pass for the same file.
sys.dont_write_bytecode = True


def at(path):
    return os.path.join(TOP, path)


def words(tests):
    """The words of pytest for tests: their ids are relative to the top, whatever folder they run in."""
    return [f"--rootdir={TOP}", *(os.path.relpath(at(test)) for test in tests)]


def asked_paths():
    """The paths that CI or the settings name, else all: pytest itself decides what of them is left out."""
    found = [path for one in PLAN["paths"] for path in sorted(glob.glob(one, recursive=True)) or [one]]
    return [path for path in found if os.path.exists(path.partition("::")[0])] or ["."]


def is_below(file, paths):
    """Whether a file, as a path from the top, lies in one of the folders."""
    return any(os.path.realpath(at(file)).startswith(os.path.realpath(one) + os.sep) for one in paths)


class Own:
    """Leaves out the files that are no tests of the group's own: copies, and what a template brought."""

    def __init__(self):
        self.known = {os.path.realpath(at(one)) for one in PLAN["tests"]}

    def pytest_ignore_collect(self, collection_path):
        path = str(collection_path)
        return True if path.endswith(".py") and os.path.realpath(path) not in self.known else None


@LIMIT@


@PLACES@


class Contexts:
    """Tells what runs: a test by its id, `shared` in a fixture of several tests, nothing else."""

    def __init__(self, switch):
        self.switch, self.stack, self.told = switch, [""], ""

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        yield from self.during(item.nodeid.partition("[")[0])

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef):
        yield from self.during(self.stack[-1] if fixturedef.scope == "function" else "shared")

    def during(self, context):
        self.stack.append(context)
        self.tell()
        yield
        self.stack.pop()
        self.tell()

    def tell(self):
        if self.told != self.stack[-1]:
            self.told = self.stack[-1]
            with contextlib.suppress(Exception):
                self.switch(self.told)


def measure():
    """Run all tests under coverage: how much of each file ran, and in which contexts each line of the code."""
    measuring = coverage.Coverage(data_file=None, config_file=False, source=[TOP])
    measuring.set_option("report:exclude_lines", ["^no line is left out$"])
    measuring.start()
    try:
        asked = [*PLAN["arguments"], f"--junitxml={at(PLAN['report'])}"]
        plugins = [Contexts(measuring.switch_context), Limit(), Places()]
        if PLAN.get("paths") is None:
            asked += words(PLAN["tests"])
        else:
            paths, ours = asked_paths(), PLAN["tests"][-1]
            # Of a folder of which it is asked a file as well, pytest 8 runs that file alone.
            asked += [*words([] if is_below(ours, paths) else [ours]), *paths]
            plugins.append(Own())
        code = pytest.main(asked, plugins=plugins)
    finally:
        measuring.stop()
    found = {"files": {}, "lines": {}, "contexts": [], "sets": []}
    names, sets = {"": 0, "shared": 1}, {}
    data = measuring.get_data()
    for path in PLAN["files"]:
        try:
            _, statements, _, missing, _ = measuring.analysis2(at(path))
        except Exception:
            continue
        found["files"][path] = [len(statements), len(statements) - len(missing)]
        spans = []
        ran = data.contexts_by_lineno(os.path.realpath(at(path))) if path in PLAN["code"] else {}
        for line, contexts in sorted(ran.items()):
            bits = sum(1 << names.setdefault(name[:500], len(names)) for name in set(contexts))
            number = sets.setdefault(bits, len(sets))
            if spans and spans[-1][1:] == [line - 1, number]:
                spans[-1][1] = line
            else:
                spans.append([line, line, number])
        found["lines"][path] = spans
    found["contexts"], found["sets"] = list(names), [f"{bits:x}" for bits in sets]
    with contextlib.suppress(OSError), open(at(PLAN["report"]), encoding="utf-8", errors="replace") as file:
        found["report"] = file.read()
    write(PLAN["answer"], json.dumps(found))
    sys.exit(int(code))


def write(path, text):
    with open(at(path), "w", encoding="utf-8") as file:
        file.write(text)


class Outcomes:
    """Which tests passed in all their cases, which did not, and what the first of these said."""

    def __init__(self):
        self.found, self.said = {}, ""

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.partition("[")[0]
        self.found[name] = self.found.get(name, True) and not report.failed
        self.note(report)

    def pytest_collectreport(self, report):
        if report.failed:
            self.found[report.nodeid] = False
            self.note(report)

    def note(self, report):
        if report.failed and not self.said:
            crash = getattr(report.longrepr, "reprcrash", None)
            self.said = str(getattr(crash, "message", None) or report.longrepr)[:500]


def one(arguments, report):
    """Run tests in this process, report, and end it."""
    outcomes = Outcomes()
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    pytest.main(arguments, plugins=[outcomes])
    report(json.dumps([outcomes.found, outcomes.said])[:60_000])
    os._exit(0)


class Tries:
    """Runs tests, each time in a process of its own, within seconds and CPU seconds for all of them together."""

    def __init__(self):
        self.ends, self.cpu_s = BEGAN + PLAN["seconds"], PLAN["cpu_s"]

    @property
    def left_s(self):
        return min(self.ends - time.monotonic(), self.cpu_s)

    def run(self, arguments, seconds, forked):
        """How it ended (`reported`, `timeout`, `killed`, `ended`), the outcomes, and what was said."""
        began, nonce = time.monotonic(), secrets.token_hex(16)
        ended, text = (self.fork if forked else self.start)(arguments, min(seconds, self.left_s), nonce)
        self.took_s = time.monotonic() - began
        if ended == "ended" and text.startswith(nonce):
            with contextlib.suppress(ValueError):
                return "reported", *json.loads(text[len(nonce):])
        return ended, {}, ""

    def fork(self, arguments, seconds, nonce):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            import resource

            os.close(reading)
            most = max(1, int(self.cpu_s))
            resource.setrlimit(resource.RLIMIT_CPU, (most, most))
            with contextlib.suppress(BaseException):
                one(arguments, lambda text: os.write(writing, (nonce + text).encode("utf-8", "replace")))
            os._exit(3)
        os.close(writing)
        ended, until = "", time.monotonic() + seconds
        while True:
            done, status, used = os.wait4(child, 0 if ended else os.WNOHANG)
            if done:
                break
            if time.monotonic() > until:
                ended = "timeout"
                os.kill(child, 9)
            time.sleep(0.005)
        self.cpu_s -= used.ru_utime + used.ru_stime
        os.set_blocking(reading, False)
        text = b""
        with contextlib.suppress(BlockingIOError):
            while part := os.read(reading, 65_536):
                text += part
        os.close(reading)
        return ended or ("killed" if os.WIFSIGNALED(status) else "ended"), text.decode("utf-8", "replace")

    def start(self, arguments, seconds, nonce):
        before = sum(os.times()[2:4])
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        asked = json.dumps([arguments, nonce])
        try:
            done = subprocess.run(
                [sys.executable, "-s", "-P", __file__, "one"],
                input=asked, stdout=subprocess.PIPE, env=environment, timeout=seconds, text=True, errors="replace",
            )
        except subprocess.TimeoutExpired:
            return "timeout", ""
        finally:
            self.cpu_s -= sum(os.times()[2:4]) - before
        return "killed" if done.returncode < 0 else "ended", done.stdout


class Variants:
    """Runs tests on variants of the code, one after the other: which of them are broken is nowhere in this process."""

    def __init__(self):
        self.tries, self.seen = Tries(), {}

    def told(self, variant):
        """How it ended, which tests failed and passed of those that pass on the code, and what the first failure said."""
        words, forked, reference, took_s = self.on_the_code(variant["tests"])
        if reference is None:
            return ["unknown", [], [], ""]
        if not any(reference.values()):
            return ["reported", [], [], ""]
        write(variant["path"], variant["text"])
        try:
            ended, found, said = self.tries.run(words, 5 + 5 * took_s, forked)
        finally:
            write(variant["path"], PLAN["texts"][variant["path"]])
        if self.tries.left_s <= 0 and ended != "reported":
            ended = "unknown"
        counted = {name: passed for name, passed in found.items() if reference.get(name, True)}
        failed = [name for name, passed in counted.items() if not passed]
        return [ended, failed, [name for name, passed in counted.items() if passed], said]

    def on_the_code(self, tests):
        """How to run these tests, their outcomes on the code written anew (None: nobody knows), and how long that takes.

        Variants run with the same words and in the same way as the code itself.
        """
        key = tuple(tests)
        if key not in self.seen:
            # The first failure ends a run, unless a test fails on the code as it is.
            tried, asked = [], [*PLAN["arguments"], *words(tests)]
            ways = [(["-x"], True), ([], True), ([], False)] if hasattr(os, "fork") else [(["-x"], False), ([], False)]
            for first, forked in ways:
                ended, found, _ = self.tries.run([*first, *asked], PLAN["most_s"], forked)
                tried.append(([*first, *asked], forked, found if ended == "reported" else None, self.tries.took_s))
                if all(map(found.get, tests)):
                    break
            # As many as possible; of equal ones the first, which is the faster.
            self.seen[key] = max(tried, key=lambda one: sum((one[2] or {}).values()))
        return self.seen[key]


def try_variants():
    """Try the variants one after the other, for as long as there is time."""
    # What is tried is not to be read from a file while tests run.
    with open(__file__, encoding="utf-8") as file:
        lines = ["PLAN = {}\n" if line.startswith("PLAN = ") else line for line in file]
    write(__file__, "".join(lines))
    paths = list(sys.path)
    sys.path[:] = [path for path in paths if not (os.path.realpath(path) + os.sep).startswith(HERE + os.sep)]
    for name in PLAN["packages"]:
        with contextlib.suppress(BaseException):
            importlib.import_module(name)
    sys.path[:] = paths
    for path, text in PLAN["texts"].items():
        write(path, text)
    variants, found = Variants(), []
    for variant in PLAN.pop("variants"):
        found.append(variants.told(variant) if variants.tries.left_s > 0 else ["unknown", [], [], ""])
    write(PLAN["answer"], json.dumps(found))


if __name__ == "__main__" and sys.argv[1:] == ["one"]:
    arguments, nonce = json.load(sys.stdin)
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")

    def report(text):
        channel.write(nonce + text)
        channel.flush()

    one(arguments, report)
elif __name__ == "__main__":
    {"measure": measure, "variants": try_variants}[PLAN["do"]]()
'''


def program(**plan):
    """The text of the program that follows the plan."""
    whole = _PROGRAM.replace("@PLACES@", PLUGIN, 1).replace("@LIMIT@", LIMIT, 1)
    return whole.replace("@PLAN@", repr(json.dumps({"place": PLACE, "own": OWN, **plan})), 1)
