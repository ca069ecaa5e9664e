"""What a project tells pytest: which files, classes and functions are tests, with which words it runs, and from where.

pytest reads the first of these files that has a section for it (https://docs.pytest.org/en/stable/reference/customize.html).
"""

import configparser
import fnmatch
import posixpath
import re
import shlex
from dataclasses import dataclass

from grader.suite import SubmissionFault

from .ci_way import ci_way

#: The section of each file, in pytest's order; a TOML file's is a path of keys.
_TOML = {"pytest.toml": "pytest", ".pytest.toml": "pytest", "pyproject.toml": "tool.pytest"}
_INI = {"pytest.ini": "pytest", ".pytest.ini": "pytest", "tox.ini": "pytest", "setup.cfg": "tool:pytest"}
_ORDER = (
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
)
#: Options of every run. The second plugin is of the tools that stand behind the students' packages: of an older platformdirs
#: of theirs it cannot be imported.
PLAINLY = ("-q", "--tb=line", "-p", "no:cacheprovider", "-p", "no:platformdirs", "-o", "addopts=")
#: Options of a run whose report is read.
QUIETLY = (
    *PLAINLY,
    *("--continue-on-collection-errors", "-o", "junit_family=xunit1", "-o", "python_functions=test"),
)
#: Options that decide which tests run and how: with a value, and without.
_KEPT = (
    *("--import-mode", "-m", "-k", "--ignore", "--ignore-glob", "--deselect", "-p", "-W", "-o", "-c"),
    *("--override-ini", "--config-file", "--pythonwarnings"),
)
_FLAGS = ("--strict-markers", "--strict")
#: Settings that `-o` may change: others are ours.
_CHANGED = (
    *("python_files", "python_classes", "python_functions", "norecursedirs", "pythonpath", "markers"),
    *("filterwarnings", "xfail_strict", "usefixtures"),
)
_OPTION = re.compile(r"addoption\(\s{0,20}[\"'](--[\w-]{1,60})[\"']")
#: Files that say that the top is the root of a project, and those that say so of a folder below it.
_ROOTS = (*_ORDER, "setup.py", "requirements.txt", "conftest.py")
_BELOW = ("pyproject.toml", "setup.py")


@dataclass(frozen=True)
class PytestSettings:
    """The settings that decide what a test is; `words` are those of `addopts`."""

    files: tuple = ("test_*.py", "*_test.py")
    classes: tuple = ("Test",)
    functions: tuple = ("test",)
    words: tuple = ()
    paths: tuple = ()
    #: Files that CI names, whatever they are called.
    named: tuple = ()
    #: Folders that pytest does not enter.
    closed: tuple = ()

    def file_for(self, folder, word):
        """A path in a folder that pytest looks into, and that has this word in it."""
        names = [f"test_{word}.py", f"{word}_test.py"]
        patterns = [posixpath.basename(pattern) for pattern in self.files]
        names += [pattern.replace("*", word) for pattern in patterns if pattern.endswith(".py")]
        names += [f"{pattern.replace('*', word)}.py" for pattern in patterns if not pattern.endswith(".py")]
        paths = [posixpath.join(folder, name) for name in names]
        return next(filter(self.is_file, paths), paths[0])

    def is_closed(self, path):
        """Whether a file lies below a folder that pytest does not enter."""
        return any(
            fnmatch.fnmatchcase(part, pattern) for part in path.split("/")[:-1] for pattern in self.closed
        )

    @property
    def ignored(self):
        """The paths and patterns that options leave out."""
        pairs = zip(self.words, (*self.words[1:], ""), strict=False)
        found = [
            word.partition("=")[2] or after
            for word, after in pairs
            if word.partition("=")[0] in ("--ignore", "--ignore-glob")
        ]
        return [one.removeprefix("./").rstrip("/") for one in found if one]

    def is_file(self, path):
        """Whether pytest looks into a file. A pattern with a slash is one of paths."""
        name = path.rpartition("/")[2]
        return path in self.named or (
            path.endswith(".py")
            and any(
                fnmatch.fnmatchcase(f"/{path}", f"*/{pattern}")
                if "/" in pattern
                else fnmatch.fnmatchcase(name, pattern)
                for pattern in self.files
            )
        )

    def is_class(self, name):
        """Whether a plain class of this name holds tests."""
        return _fits(name, self.classes)

    def is_function(self, name):
        """Whether a function of this name is a test."""
        return _fits(name, self.functions)


def _fits(name, patterns):
    return any(
        name.startswith(pattern) or (set("*?[") & set(pattern) and fnmatch.fnmatchcase(name, pattern))
        for pattern in patterns
    )


def pytest_settings(submission):
    """The settings of a project, from its root (`project_folder`), or from where the tests lie that CI names."""
    folder, way = project_folder(submission), ci_way(submission)
    words = way.words if way else ()
    paths = way.paths if way else ()
    table = _table_for(submission, folder, paths, _value(words, "-c", "--config-file"))
    table |= {
        name: value
        for name, _, value in (
            one.partition("=") for one in _values([*_words(table.get("addopts", ())), *words])
        )
        if name in _CHANGED
    }
    given = {
        name: tuple(_words(table[name]))
        for name in ("python_files", "python_classes", "python_functions")
        if name in table
    }
    plain = PytestSettings()
    return PytestSettings(
        given.get("python_files", plain.files),
        given.get("python_classes", plain.classes),
        given.get("python_functions", plain.functions),
        (*_words(table.get("addopts", ()))[:200], *words),
        paths or tuple(_words(table.get("testpaths", ()))[:100]),
        tuple(posixpath.normpath(posixpath.join(folder, one)) for one in paths if one.endswith(".py")),
        tuple(_words(table.get("norecursedirs", ()))[:100]),
    )


def _value(words, *names):
    """The value of an option: `-c x`, `--config-file=x`."""
    for word, after in zip(words, (*words[1:], ""), strict=False):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else after
    return ""


def _values(words):
    """The values of `-o name=value`."""
    for word, after in zip(words, (*words[1:], ""), strict=False):
        if word in ("-o", "--override-ini"):
            yield after
        elif word.startswith("--override-ini="):
            yield word.partition("=")[2]


def _table_for(submission, folder, paths, file):
    """The table of settings: of a file that is named, else of the first folder that has one, from the paths up."""
    if file:
        path = posixpath.normpath(posixpath.join(folder, file))
        name = posixpath.basename(path)
        if submission.exists(path):
            sections = [_TOML.get(name, "pytest")] if name.endswith(".toml") else [_INI.get(name, "pytest")]
            read = _toml if name.endswith(".toml") else _ini
            return dict(read(submission, path, sections[0]) or {})
    whole = [posixpath.normpath(posixpath.join(folder, path.partition("::")[0])) for path in paths]
    whole = [posixpath.dirname(path) if path.endswith(".py") else path for path in whole]
    above = posixpath.commonpath(whole) if whole else folder
    while above not in ("", ".", folder):
        found = _table(submission, above)
        if found is not None:
            return dict(found)
        above = posixpath.dirname(above)
    return dict(_table(submission, folder) or {})


def project_folder(submission):
    """The folder that pytest runs in: CI's, the top, or the only folder below it that is a project where the top is none."""
    way = ci_way(submission)
    if way and way.folder and submission.files(f"{way.folder}/**/*.py"):
        return way.folder
    if any(submission.exists(name) for name in _ROOTS):
        return ""
    roots = {path.rpartition("/")[0] for name in _BELOW for path in submission.files(f"*/{name}")}
    tests = {
        path.partition("/")[0] for path in submission.files("**/*.py") if "test" in path.rpartition("/")[2]
    }
    return next(iter(roots)) if len(roots) == 1 and tests <= roots else ""


def _table(submission, folder):
    for name in _ORDER:
        path = posixpath.join(folder, name)
        if submission.exists(path):
            found = (
                _toml(submission, path, _TOML[name]) if name in _TOML else _ini(submission, path, _INI[name])
            )
            # An empty pytest.ini ends the search, too.
            if found is not None or name in ("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml"):
                return found or {}
    return None


def _toml(submission, path, keys):
    try:
        data = submission.toml(path)
    except SubmissionFault:
        return None
    for key in keys.split("."):
        data = data.get(key) if isinstance(data, dict) else None
    if not isinstance(data, dict):
        return None
    # pytest 9 reads the table itself, older ones `ini_options` in it.
    older = data.get("ini_options")
    return {**data, **older} if isinstance(older, dict) else data


def _ini(submission, path, section):
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(submission.text(path))
    except (configparser.Error, SubmissionFault):
        return None
    return dict(parser[section]) if parser.has_section(section) else None


def _words(value):
    if isinstance(value, list | tuple):
        return [str(one)[:500] for one in value]
    try:
        return shlex.split(str(value)[:5_000])
    except ValueError:
        return []


def options(submission):
    """What of the students' pytest options decides which tests run and how they are imported; the rest is ours."""
    settings = pytest_settings(submission)
    words = settings.words
    kept = (
        []
        if settings.functions == PytestSettings().functions
        else ["-o", f"python_functions={' '.join(settings.functions)}"]
    )
    own = _own_options(submission)
    for word, after in zip(words, (*words[1:], ""), strict=False):
        name, equals, value = word.partition("=")
        if name in _KEPT and (equals or after):
            if _is_kept(name, value if equals else after):
                kept += [word] if equals else [word, after]
        elif word in _FLAGS or name in own:
            kept += [word]
    return kept


def _is_kept(name, value):
    if name == "-p":
        return not value.startswith("no:")
    if name in ("-o", "--override-ini"):
        return value.partition("=")[0] in _CHANGED
    return True


def _own_options(submission):
    """The options that the project's own `conftest.py` adds."""
    found = set()
    for file in submission.python_files("**/conftest.py", "conftest.py"):
        found |= set(_OPTION.findall(file.text[:50_000]))
    return found


def variables(submission):
    """The variables that CI sets for the tests, as far as their values are written there."""
    way = ci_way(submission)
    return dict(way.variables) if way else {}
